# The runner of commands: logs in to each host of the batch by OpenSSH, and runs one command there. It needs a
# POSIX shell, some core utilities and ssh. It runs in the unpacked bundle:
#
#   sh exec.sh THREADS CONNECT KEYS SSH-WORDS...
#
# THREADS: how many hosts at once; CONNECT: seconds; KEYS: with which known_hosts (control, worker, off); then how the
# worker calls ssh.
#
# In the folder are
#   hosts    one line a host: NAME ADDRESS PORT LOGIN, between tabs; "-": ssh's own default
#   how.sh   settings: $limit (seconds for one host, or empty) $remote (the command line for the hosts)
#            $script (a file for its stdin, or empty) $held (not empty: the command on the host ends when its
#            stdin ends) $fifos (not empty: $work/in.$slot is the stdin)
#   task.sh  where it is there, may define on_host anew
# Each line of a host goes to stdout as "HOST: text"; plain events go to $JET_LOG.

threads=$1 connect=$2 keys=$3
shift 3
tab=$(printf '\t') cr=$(printf '\r') work=work limit='' remote='' script='' held='' fifos='' memory=65536

# shellcheck source=/dev/null
. ./how.sh

refuse() {
	printf '%s\n' "$1"
	exit "$2"
}

# The shells that this one starts must not get the signals of a terminal, nor its standard input.
exec </dev/null 5>>"$JET_LOG" || exit 1
for word; do
	case $word in */*) break ;; esac
	command -v "$word" >/dev/null || refuse "$word: not found on the worker" 69
	break
done

# Our words come after the user's own, so that his win. An agent of the user's ssh_config, or a connection that
# somebody else has opened, would bypass the guarded agent.
set -- "$@" -T -o BatchMode=yes -o ConnectTimeout="$connect" -o ServerAliveInterval=30 -o ServerAliveCountMax=4 \
	-o ControlMaster=no -o ControlPath=none -o IdentityAgent=SSH_AUTH_SOCK -o AddKeysToAgent=no -o ForwardAgent=no \
	-o ForwardX11=no -o ClearAllForwardings=yes -o PermitLocalCommand=no -o RemoteCommand=none \
	-o UpdateHostKeys=no -o LogLevel=ERROR
# So that ssh says that it has logged in, and that a connection ended before that.
set -- "$@" -o IgnoreUnknown=LogVerbose -o 'LogVerbose=*:ssh_userauth2():*,*:sshpkt_vfatal():*'
case $keys in
control) set -- "$@" -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts -o GlobalKnownHostsFile=/dev/null ;;
worker) set -- "$@" -o StrictHostKeyChecking=yes ;;
off) set -- "$@" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null ;;
esac

# Prints the lines of stdin as lines of the host. Each is one write of at most 4096 bytes, which no other writer can
# tear; longer ones are put together by dd. The memory for one line is limited, see below.
say_lines() {
	while IFS= read -r line || [ -n "$line" ]; do
		if [ ${#line} -lt 3800 ]; then
			printf '%s: %s\n' "$host" "$line"
		else
			printf '%s: %s\n' "$host" "$line" | dd obs=$((${#host} + ${#line} + 3)) 2>/dev/null
		fi
	done
}

# The same with limited memory: false if a line is longer than that.
bounded_lines() (
	# a line of some megabytes is the most; not all shells know -v
	# shellcheck disable=SC3045
	ulimit -v $memory 2>/dev/null
	LC_ALL=C
	say_lines
) 2>/dev/null

# Starts ssh for the host with command line $remote. What ssh itself says goes to log.$slot, so that it is never mixed
# with what the host says.
start_ssh() {
	case $login in -) set -- "$@" ;; *) set -- "$@" -l "$login" ;; esac
	case $port in -) set -- "$@" ;; *) set -- "$@" -p "$port" ;; esac
	"$@" -E "$work/log.$slot" -- "$address" "$remote" <"$input" >"$work/out.$slot" 2>&1 5>&- 7>&- 9>&- &
	ssh=$!
}

# True if ssh has logged in.
logged_in() {
	while read -r line; do
		case $line in *[Aa]uthenticat*'to '* | *'Authentication succeeded'*) return 0 ;; esac
	done <"$work/log.$slot"
	return 1
} 2>/dev/null

# Sets $trouble to what ssh says about itself, in one line.
trouble() {
	trouble=''
	while read -r line; do
		case $line in
		'' | *[Aa]uthenticat*'to '* | *'Authentication succeeded'* | @* | *'using LogVerbose'*) continue ;;
		*'sshpkt_vfatal()'*) line=${line#*'): '} ;;
		esac
		trouble="$trouble${trouble:+; }${line%"$cr"}"
	done <"$work/log.$slot"
} 2>/dev/null

# Ends ssh after $limit seconds, and notes that.
alarm() {
	trap 'kill $! 2>/dev/null; exit' TERM
	sleep "$limit" &
	wait $!
	echo >"$work/late.$slot"
	kill -s TERM "$ssh"
	sleep 5 &
	wait $!
	kill -s KILL "$ssh"
} >/dev/null 2>&1

# What happens for one host: sets $outcome, $code and $reason. With an empty reason, the reader takes the exit code and
# the last line of the host.
on_host() {
	[ ! -e "$work/late.$slot" ] || rm -f "$work/late.$slot"
	: >"$work/log.$slot"
	if [ -n "$script" ]; then
		cat "$script" - <&8 >"$work/in.$slot" 5>&- 7>&- 9>&- &
		feeder=$!
	fi
	start_ssh "$@"
	if [ -n "$limit" ]; then
		alarm 5>&- 7>&- 9>&- &
		alarm=$!
	fi
	bounded_lines <"$work/out.$slot" 5>&- 7>&- 9>&- || {
		kill "$ssh" 2>/dev/null
		reason='a line is too long'
	}
	wait "$ssh"
	code=$?
	for helper in ${limit:+$alarm} ${script:+$feeder}; do
		kill "$helper"
		wait "$helper"
	done
	if [ -e "$work/late.$slot" ]; then
		if logged_in; then
			reason="it did not end within $limit s and was ended"
		else
			outcome=unreachable reason="no login within $limit s"
		fi
	elif [ -z "$reason" ] && [ $code = 255 ]; then
		trouble
		if ! logged_in && [ -n "$trouble" ]; then
			outcome=unreachable reason=$trouble
		elif [ -n "$trouble" ]; then
			reason="the connection broke while the command ran: $trouble"
		fi
	fi
} 2>/dev/null

# Sets $quoted to text $1 as a JSON text. It goes through tr, because bytes that are no UTF-8, or control characters,
# must not get there.
quote() {
	quoted=$(printf '%s' "$1" | LC_ALL=C tr -c ' -~' '?')
	rest=$quoted quoted=''
	while :; do
		case $rest in
		*[\"\\]*)
			head=${rest%%[\"\\]*}
			rest=${rest#"$head"}
			quoted="$quoted$head\\${rest%"${rest#?}"}"
			rest=${rest#?}
			;;
		*) break ;;
		esac
	done
	quoted=$quoted$rest
}

# Takes one host after the other until there is none.
serve() {
	# held open: opened for each host, it would end at once where the writer of the host before has not closed it yet
	exec 9<>"$work/next.$slot"
	while echo "$slot" >&7 && IFS=$tab read -r host address port login <&9 && [ "$host" != - ]; do
		outcome='' code='' reason=''
		on_host "$@"
		if [ -z "$outcome" ]; then
			[ "$code$reason" = 0 ] && outcome=ok || outcome=failed
		fi
		if [ -n "$reason" ]; then
			quote "$reason"
			printf '%s: %s\n' "$host" "$reason"
			reason=",\"reason\":\"$quoted\""
			[ "$outcome" = unreachable ] && code=''
		fi
		printf '{"event":"%s","host":"%s"%s%s,"final":true}\n' "$outcome" "$host" "${code:+,\"rc\":$code}" "$reason" >&5
	done
}

# shellcheck source=/dev/null
[ ! -e task.sh ] || . ./task.sh

mkdir "$work" && mkfifo "$work/free" "$work/hold" || exit 73
# opened for reading and writing, a pipe never ends
exec 7<>"$work/free" 8<>"$work/hold"
count=0 files=''
while read -r host && [ $count -lt "$threads" ]; do
	count=$((count + 1))
	files="$files $work/next.$count $work/out.$count"
	[ -z "$script$fifos" ] || files="$files $work/in.$count"
done <hosts
# shellcheck disable=SC2086
[ -z "$files" ] || mkfifo $files || exit 73

slot=0
while [ $slot -lt $count ]; do
	slot=$((slot + 1))
	if [ -n "$script$fifos" ]; then input=$work/in.$slot; elif [ -n "$held" ]; then input=$work/hold; else input=/dev/null; fi
	serve "$@" &
done
while IFS= read -r host; do
	read -r slot <&7
	printf '%s\n' "$host" >"$work/next.$slot"
done <hosts
while [ $count -gt 0 ]; do
	read -r slot <&7
	echo - >"$work/next.$slot"
	count=$((count - 1))
done
wait
echo '{"event":"end"}' >&5
