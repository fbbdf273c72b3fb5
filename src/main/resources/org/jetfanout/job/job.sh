# The worker's side of the job protocol. POSIX sh; JobScript strips the comments and sends the rest
# as the argument of `sh -c`. Words: see docs of org.jetfanout.job.
#
#   start  NONCE GUID BATCH OUTPUT EVENTS  UPLOAD PACKED RETAIN LIMIT PATH WORD…
#   attach NONCE GUID BATCH OUTPUT EVENTS
#   cancel NONCE GUID BATCH OUTPUT EVENTS
#   status NONCE GUID
#   clean  NONCE GUID
#
# OUTPUT and EVENTS: how many bytes of each log the control machine has. The job's folder is
# ~/.jet-fanout/GUID/BATCH:
#
#   bundle.UPLOAD/  what was sent; goes when the job ends
#   job             made once (O_EXCL): who makes it starts the job, everybody else attaches
#   pid             "WRAPPER START RUNNER BOOT"; RUNNER is - while the job waits for its turn
#   agent           link to the agent of the latest connection
#   relay late      socket of the agent relay (see run.sh), and its word that it gave up waiting
#   away            "FROM TO": events in these bytes were written while the agent was away
#   output.log events.log
#   exit            "exit=N output=SIZE:CKSUM events=SIZE:CKSUM end" when the job has ended
#   follower        "PID START" of the connection that follows now
#
# Forks are what a short job costs here: everything that a builtin can do, a builtin does.
set -f
umask 077
verb=$1 nonce=$2 guid=$3
root=${HOME:?}/.jet-fanout
run=$root/$guid

say() {
	printf 'jet-fanout %s %s\n' "$nonce" "$*" >&2
}

refuse() {
	say "refused $1 $2"
	exit "$3"
}

# Start time of process $1 into $start, its process group into $group; false where it is gone or a zombie.
stat_of() {
	start='' group=''
	if ! [ -r /proc/self/stat ]; then
		kill -s 0 "$1" 2>/dev/null
		return
	fi
	{ read -r stat </proc/"$1"/stat; } 2>/dev/null || return 1
	# the name in parentheses may hold anything
	# shellcheck disable=SC2086
	set -- ${stat##*) }
	start=${20} group=$3
	case $1 in Z | X) return 1 ;; esac
}

boot_id() {
	boot=-
	{ read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
}

# Reads pid; then $wrapper and $runner are what still lives of the job in this folder (or empty), and
# $waits says whether it waits for its turn.
living() {
	wrapper='' runner='' began='' leader='' waits=''
	{ read -r wrapper began runner booted <pid; } 2>/dev/null || return 1
	boot_id
	if [ "$booted" != "$boot" ]; then
		wrapper='' runner=''
		return 1
	fi
	leader=$wrapper
	[ "$runner" != - ] || waits=1
	stat_of "$runner" && { [ -z "$group" ] || [ "$group" = "$leader" ]; } || runner=''
	stat_of "$wrapper" && [ "$start" = "$began" ] || wrapper=''
	[ -n "$wrapper$runner" ]
}

# The end of the job in this folder into $end; false where it has not ended.
ended() {
	{ read -r end <./exit; } 2>/dev/null
	case $end in
	exit=*' end') end=${end% end} ;;
	*) end='' && return 1 ;;
	esac
}

# Sizes and digests of both logs into $sums.
sums() {
	# shellcheck disable=SC2046
	set -- $(cksum output.log events.log)
	sums="output=$2:$1 events=$5:$4"
}

# Copies log $1 from byte $2 on, until process $3 has ended: for a tail without --pid.
poll() {
	at=$2
	while :; do
		stat_of "$3" && more=1 || more=''
		size=$(($(wc -c <"$1")))
		if [ "$size" -gt "$at" ]; then
			tail -c +$((at + 1)) "$1" | head -c $((size - at)) || return 1
			at=$size
		elif [ -z "$more" ]; then
			return 0
		else
			sleep 1
		fi
	done
}

# Sends both logs from $output and $events on: what there is, or until process $1 has ended.
send() {
	follow=''
	[ -z "$1" ] || follow="-s 0.02 --pid=$1 -f"
	# shellcheck disable=SC2086
	tail $follow -c +$((output + 1)) output.log 2>/dev/null &
	tail=$!
	# shellcheck disable=SC2086
	tail $follow -c +$((events + 1)) events.log >&2 2>/dev/null &
	other=$!
	wait $tail
	code=$?
	wait $other && [ $code = 0 ] && return
	[ -n "$1" ] || return 1
	# Not GNU's? Then it has said nothing yet. After one that failed half way nobody may go on.
	tail -c 1 --pid=$$ -s 0.1 /dev/null 2>/dev/null && return 1
	poll output.log "$output" "$1" &
	tail=$!
	poll events.log "$events" "$1" >&2 &
	other=$!
	wait $tail && wait $other
}

# Makes the file that says who starts the job; false where another was faster. (No `:` where a
# redirection may fail: that of a special builtin ends the shell.)
claim() {
	set -C
	{ printf '' >job; } 2>/dev/null
	code=$?
	set +C
	return $code
}

# Both logs are there from now on, if that can be: the disk may have turned read-only.
logs() {
	{ printf '' >>output.log && printf '' >>events.log; } 2>/dev/null
}

# Sends what is there of an ended job and its end.
finish() {
	if [ "$output" != - ]; then
		send '' || exit 1
	fi
	say "end $end"
	exit 0
}

# A newer connection takes over from an older one that may hang in a dead network.
replace() {
	if { read -r old began <follower; } 2>/dev/null && [ "$old" != $$ ] && stat_of "$old" && [ "$start" = "$began" ]; then
		kill "$old" 2>/dev/null
	fi
	stat_of "$$"
	# after the header all that is said on stderr counts as events
	{ printf '%s %s\n' "$$" "$start" >follower; } 2>/dev/null
	tail='' other='' dog='' dying=''
	# no quotes: what is not there yet must not end the command
	trap 'kill $tail $other $dog 2>/dev/null; exit 1' TERM
}

link() {
	[ -S "${SSH_AUTH_SOCK-}" ] || return 0
	ln -s "$SSH_AUTH_SOCK" "agent.$$" && mv -f "agent.$$" agent
}

# Waits until the job in this folder can be found: its starter may be about to write down the pid.
appear() {
	n=0
	until living || ended || [ $n -ge 50 ] || { [ $n -ge 2 ] && [ -s pid ]; }; do
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
}

# Says that the job in this folder waits for its turn, and returns when it does no more.
queued() {
	living && [ -n "$waits" ] || return 0
	replace
	link
	say waiting
	while living && [ -n "$waits" ]; do
		sleep 0.5 || sleep 1
	done
}

# All spells without agent so far into $away, " FROM-TO" each. What the control machine has not seen
# yet was written while it was away; a job whose relay never gave up did not notice.
absence() {
	away=''
	[ -L agent ] || return 0
	if [ "$events" != - ] && [ -e events.log ] && { ! [ -S relay ] || [ -e late ]; }; then
		rm -f late
		to=$(($(wc -c <events.log)))
		[ "$to" -le "$events" ] || printf '%s %s\n' "$events" "$to" >>away
	fi
	# no more than fits in a line of the protocol
	[ ! -e away ] || away=" $(tail -n 90 away | tr ' \n' '- ')"
}

# Takes up the job in this folder.
attach() {
	if ! ended; then
		appear
		queued
	fi
	ended || link
	absence 2>/dev/null
	say "attached$away"
	ended && finish
	if living; then
		replace
		[ -e events.log ] || logs
		# The runner, not the wrapper: the wrapper reaps it, and nobody may reap the wrapper.
		# Where its number has gone to another process, the dog ends the wait.
		{
			trap 'kill $!; exit' TERM
			stat_of $$
			mine=$start
			while :; do
				sleep 3 &
				wait $!
				stat_of $$ && [ "$start" = "$mine" ] || exit
				living || {
					[ -z "$dying" ] || kill $$
					dying=1
				}
			done
		} </dev/null >/dev/null 2>&1 &
		dog=$!
		send "${runner:-$wrapper}" || exit 1
		kill "$dog" 2>/dev/null
		output=-
		while living && ! ended; do
			sleep 0.1 || sleep 1
		done
		ended && finish
		exit 1
	fi
	ended && finish
	logs
	sums
	end="exit=gone $sums"
	set +f
	rm -rf bundle.* 2>/dev/null
	finish
}

# Is anything left of process group $1 (zombies do not count)?
group_lives() {
	kill -s 0 -- "-$1" 2>/dev/null || return 1
	[ -r /proc/self/stat ] || return 0
	set +f
	for process in /proc/[0-9]*; do
		stat_of "${process#/proc/}" && [ "$group" = "$1" ] && set -f && return 0
	done
	set -f
	return 1
}

# Waits $2 tenths of a second for the end of process group $1.
await_group() {
	n=0
	while group_lives "$1"; do
		[ $n -lt "$2" ] || return 1
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
}

# Ends the job in this folder, started or not.
stop() {
	if claim; then
		logs
		sums
		printf 'exit=143 %s end\n' "$sums" >./exit
		return
	fi
	n=0
	until [ -s pid ] || [ $n -ge 50 ]; do
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
	living
	[ -n "$leader" ] || return 0
	if [ -n "$wrapper$runner" ] || group_lives "$leader"; then
		kill -s TERM -- "-$leader" 2>/dev/null
		if ! await_group "$leader" 50; then
			# the runner first: then the wrapper still writes down how it ended
			living && [ -n "$runner" ] && kill -s KILL "$runner"
			n=0
			until ended || [ $n -ge 20 ]; do
				n=$((n + 1))
				sleep 0.1
			done
			kill -s KILL -- "-$leader" 2>/dev/null
			await_group "$leader" 100 || refuse alive "process group $leader does not end" 75
		fi
	fi
	if ! ended; then
		sums
		printf 'exit=137 %s end\n' "$sums" >./exit
		set +f
		rm -rf bundle.*
		set -f
	fi
}

# One line about the job in this folder.
describe() {
	state=gone
	if ended; then
		state=ended
	elif living; then
		state=running
		[ -z "$waits" ] || state=waiting
	elif ! [ -e job ]; then
		state=starting
	fi
	if [ $state != ended ]; then
		size=0 other=0
		[ -e output.log ] && size=$(wc -c <output.log)
		[ -e events.log ] && other=$(wc -c <events.log)
		end="exit=- output=$((size)):- events=$((other)):-"
	fi
	printf 'job %s %s %s\n' "$1" $state "$end"
}

printf 'jet-fanout %s output\n' "$nonce"

case $verb in
status | clean)
	say "$verb"
	set +f
	for folder in "$run"/*/; do
		set -f
		cd "$folder" 2>/dev/null || continue
		folder=${folder%/}
		describe "${folder##*/}"
		case $verb$state in
		cleanrunning | cleanwaiting | status*) ;;
		*) rm -rf "$folder" ;;
		esac
	done
	cd / && [ "$verb" = clean ] && rmdir "$run" 2>/dev/null
	say "end exit=0 output=0:0 events=0:0"
	exit 0
	;;
esac

batch=$4 output=$5 events=$6
shift 6
job=$run/$batch

case $verb in
attach)
	if ! { cd "$job" 2>/dev/null && [ -e job ]; }; then
		say none
		exit 0
	fi
	attach
	;;
cancel)
	{ mkdir -p "$job" && cd "$job"; } || refuse folder "$job cannot be made" 73
	stop
	attach
	;;
esac

# start
upload=$1 packed=$2 retain=$3 limit=$4 path=$5
shift 5
uid=''
while read -r key _ uid _ && [ "$key" != Uid: ]; do :; done 2>/dev/null </proc/self/status
[ -n "$uid" ] || uid=$(id -u)
[ "$uid" != 0 ] || refuse root "the login is root (uid 0): jet-fanout never works as root on a worker" 77

if [ -e "$job/job" ]; then
	cd "$job" || exit 1
	attach
fi

for tool in setsid tar gzip tail cksum ${limit:+flock}; do
	command -v $tool >/dev/null && continue
	[ $tool != flock ] || tool='flock, which max_jobs needs,'
	refuse tools "$tool is not installed on the worker" 69
done
usual=$PATH
PATH=${path:-$PATH}
for word; do
	case $word in
	\~/*) word=$HOME/${word#\~/} ;;
	esac
	case $word in
	*/*) [ -f "$word" ] && [ -x "$word" ] ;;
	*) command -v "$word" >/dev/null ;;
	esac || refuse runner "$word: not found on the worker, or not executable" 69
done
PATH=$usual

full() {
	# shellcheck disable=SC2046
	set -- $(df -Pk "$root" 2>/dev/null || df -Pk "$HOME" 2>/dev/null)
	shift $(($# > 6 ? $# - 6 : 0))
	[ "${4:-9999}" -lt 1024 ] 2>/dev/null
}

abandon() {
	cd "$run" && rm -rf "$job/bundle.$upload" && rmdir "$job" "$run" 2>/dev/null
	full && refuse space "no space left in $root" 73
	refuse "$1" "$2" "$3"
}

agent=''
if [ -S "${SSH_AUTH_SOCK-}" ]; then
	agent=$job/agent
	[ ${#agent} -lt 108 ] || refuse folder "$agent is too long for the agent's socket: HOME must be shorter" 73
fi
sweep=''
[ -d "$run" ] || sweep=$retain
# twice: a connection that broke may just be removing what it had made
mkdir -p "$job/bundle.$upload" 2>/dev/null || mkdir -p "$job/bundle.$upload" 2>/dev/null
if ! cd "$job/bundle.$upload" 2>/dev/null; then
	full && refuse space "no space left in $root" 73
	refuse folder "$job cannot be made" 73
fi
case $packed in
gzip) gzip -dc 2>.unpack | tar -xf - 2>>.unpack ;;
*) tar -xf - 2>.unpack ;;
esac
if ! [ -e complete ] || ! [ -e run ]; then
	why=''
	{ read -r why <.unpack; } 2>/dev/null
	abandon unpack "the bundle did not arrive whole${why:+: $why}" 74
fi

cd ..
if ! claim; then
	[ -e job ] || abandon folder "$job cannot be written" 73
	# another connection was faster
	rm -rf "bundle.$upload"
	attach
fi
[ -z "$agent" ] || ln -sf "$SSH_AUTH_SOCK" agent
logs
setsid sh "bundle.$upload/run" "$job" "$upload" "$sweep" </dev/null >>output.log 2>&1 &
if [ -n "$limit" ]; then
	appear
	queued
fi
wrapper=$!
alone=''
if [ -n "$agent" ]; then
	command -v perl >/dev/null || command -v python3 >/dev/null || [ -x /usr/libexec/platform-python ] || alone=' alone'
fi
say "started$alone"
replace
send $wrapper || exit 1
wait $wrapper
if ended; then
	output=-
	finish
fi
# the wrapper was killed: whoever attaches next follows the runner itself
exit 1
