# Starts ansible-playbook in the folder of a bundle, on the worker: ansible.sh WORD…, where the words are the program,
# what is before it, and its arguments. It sets the environment that ansible needs here, and ends with ansible's exit
# code. docs/ansible.md says more.
#
# Before it ends, in whatever way, all connections end that ansible keeps open in the background (ControlPersist).
# They are processes in sessions of their own, so they would outlive the job, and let the next one in without the agent.
#
#   ansible.sh --close SOCKETS    what it calls for that
here=$PWD

# Prints the process ids of this job's ssh, or with $1 of all that ansible has started. A connection in the background
# writes its title over its environment, but the title has the path of its socket; one whose socket is elsewhere is
# known by its folder.
processes() {
	{
		grep -lsF -e "$sockets" /proc/[0-9]*/cmdline /proc/[0-9]*/environ
		find /proc/[0-9]*/cwd -maxdepth 0 -lname "$here*"
	} 2>/dev/null | sed 's|^/proc/\([0-9]*\)/.*|\1|' | sort -u | while read -r id; do
		name=''
		{ read -r name <"/proc/$id/comm"; } 2>/dev/null
		case $name in
		ssh | sftp | scp) echo "$id" ;;
		*) [ -z "$1" ] || ! grep -qsF "JET_FANOUT_SOCKETS=$sockets" "/proc/$id/environ" || echo "$id" ;;
		esac
	done
}

# Sends signal $1 to these processes; false if there are none.
send() {
	ids=$(processes "$2")
	[ -n "$ids" ] || return
	# shellcheck disable=SC2086 # they are words
	kill -s "$1" $ids 2>/dev/null
	return 0
}

# Waits until the script below says that ansible has ended, or is no more. Then ends what ansible has left. It has a
# session of its own, so it is not killed with the job. At a normal end it ends connections only: a task may have
# started a program here that is to stay (async).
close_all() {
	trap '' TERM INT HUP
	all=yes
	if read -r word && [ "$word" = ended ]; then
		all=''
	fi
	n=0
	while send TERM "$all" && [ $n -lt 10 ]; do
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
	send KILL "$all"
	for socket in "$sockets"/*; do
		[ ! -S "$socket" ] || ssh -O exit -o ControlPath="$socket" x
	done
	rm -rf "$sockets"
}

if [ "$1" = --close ]; then
	sockets=$2
	close_all >/dev/null 2>&1
	exit
fi

# The user's ansible.cfg in the bundle; empty if there is none.
config=${JET_FANOUT_CONFIG:+$here/$JET_FANOUT_CONFIG}

# The value of a setting of [ssh_connection] in it; false if it is not there.
setting() {
	[ -n "$config" ] || return
	awk -v name="$1" '
		/^\[/ { within = /^\[ssh_connection\]/; more = 0; next }
		within && more && /^[ \t]+[^ \t#;]/ { value = value " " $0; next }
		{ more = 0 }
		within && $0 ~ "^" name "[ \t]*[=:]" { sub(/^[^=:]*[=:][ \t]*/, ""); value = $0; found = more = 1 }
		END { gsub(/[ \t]+;.*/, "", value); if (found) print value; exit !found }
	' "$config"
}

# The folder of the sockets. The path of a socket has at most 107 characters, and ansible and ssh append 28. Not in
# $XDG_RUNTIME_DIR: that one goes with the last login, and jobs outlive logins.
sockets=''
LC_ALL=C
if [ "${#HOME}" -le 55 ] && (umask 077 && mkdir -p "$HOME/.jet-fanout/cp") 2>/dev/null; then
	sockets=$(mktemp -d "$HOME/.jet-fanout/cp/XXXXXX" 2>/dev/null)
fi
[ -n "$sockets" ] || sockets=$(mktemp -d /tmp/jet-fanout.XXXXXX) || {
	echo 'jet-fanout: ansible needs a folder for its connections, and neither the home folder nor /tmp can have it'
	exit 73
}
mkfifo "$sockets/end" || exit 73
setsid sh "$0" --close "$sockets" <"$sockets/end" >/dev/null 2>&1 &
closer=$!
exec 8>"$sockets/end"

# How ansible calls ssh: as the user says, but with our sockets, and with the known hosts that came along.
ssh_args=${ANSIBLE_SSH_ARGS-$(setting ssh_args || echo '-C -o ControlMaster=auto -o ControlPersist=60s')}
ssh_args=$(printf ' %s\n' "$ssh_args" | sed 's/ -o *["'\'']\{0,1\}[Cc]ontrol[Pp]ath[ =]*[^ ]*//g
	s/ -S *[^ ]*//g')
case ${JET_FANOUT_HOST_KEYS:-control} in
control)
	ssh_args="$ssh_args -o 'UserKnownHostsFile=\"$here/known_hosts\"' -o GlobalKnownHostsFile=/dev/null"
	ANSIBLE_HOST_KEY_CHECKING=True
	;;
worker) ANSIBLE_HOST_KEY_CHECKING=True ;;
off)
	ssh_args="$ssh_args -o UserKnownHostsFile=/dev/null"
	ANSIBLE_HOST_KEY_CHECKING=False
	;;
esac
export ANSIBLE_HOST_KEY_CHECKING
export ANSIBLE_SSH_ARGS="${ssh_args# }"
export ANSIBLE_SSH_CONTROL_PATH_DIR="$sockets"
# empty: then ansible makes a short name in that folder, whatever ansible.cfg says
export ANSIBLE_SSH_CONTROL_PATH=

[ -z "$config" ] || export ANSIBLE_CONFIG="$config"
export ANSIBLE_CALLBACK_PLUGINS="$here/fanout/callback${JET_FANOUT_CALLBACKS:+:$JET_FANOUT_CALLBACKS}"
export ANSIBLE_HOME="${ANSIBLE_HOME:-$here/fanout/home}"
export ANSIBLE_LOCAL_TEMP="$here/fanout/tmp"
export ANSIBLE_RETRY_FILES_ENABLED=0
export ANSIBLE_NOCOWS=1
export ANSIBLE_FORCE_COLOR="${ANSIBLE_FORCE_COLOR:-1}"
export PYTHONUNBUFFERED=1
# ansible refuses locales that are not UTF-8. Old systems have no C.UTF-8
unset LC_ALL
for name in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
	! locale -a 2>/dev/null | grep -qxF "$name" || {
		export LC_ALL="$name"
		break
	}
done
# marks all processes of this job
export JET_FANOUT_SOCKETS="$sockets"

told='' ending=''
trap 'told=yes' TERM INT HUP
"$@" 8>&- &
child=$!
while wait "$child"; code=$?; [ -n "$told" ]; do
	told=''
	kill -s TERM "$child" 2>/dev/null
	[ -n "$ending" ] || {
		# cancel waits 5 seconds
		(sleep 3 && kill -s KILL "$child") 8>&- >/dev/null 2>&1 &
		ending=$!
	}
	kill -s 0 "$child" 2>/dev/null || break
done
if [ -n "$ending" ]; then
	kill "$ending" 2>/dev/null
else
	echo ended >&8
fi
exec 8>&-
wait "$closer"
exit $code
