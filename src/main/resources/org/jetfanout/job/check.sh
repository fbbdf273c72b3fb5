# Checks whether a worker is ready for a job, and changes nothing there. POSIX sh. JobScript removes the
# comments, and the rest is sent as the argument of `sh -c`.
#
#   check NONCE X Y PATH VERSION TRIAL PROGRAM…
#
# PATH: that of the job, or empty. VERSION: a shell line that prints the runner's version.
# TRIAL: shell lines that print what else is missing, or empty. PROGRAM…: the programs that the runner's command line needs. The answer has one fact a line, "MARK KEY VALUE", on
# stdout. A fact that is not known is left out. The mark is that of job.sh.
set -f
mark="jet-fanout $2 $(($3 + $4))" path=$5 line=$6 trial=$7
shift 7

say() {
	printf '%s %s\n' "$mark" "$*"
}

say "clock $(date +%s)"
say "uid $(id -u)"
say "user $(id -un)"

for tool in setsid tar gzip tail cksum dd flock find mkfifo head; do
	command -v $tool >/dev/null || say "no-tool $tool"
done
# what the agent relay of a job needs, tried in the same order
{
	limited 5 perl -e 'use Fcntl; use Socket' ||
		limited 5 python3 -I -S -c 'import select, socket, struct' ||
		limited 5 /usr/libexec/platform-python -I -S -c 'import select, socket, struct'
} </dev/null >/dev/null 2>&1 || say "no-relay yes"

usual=$PATH
PATH=${path:-$PATH}
found=yes
for word; do
	case $word in
	\~/*) word=$HOME/${word#\~/} ;;
	esac
	case $word in
	*/*) [ -f "$word" ] && [ -x "$word" ] ;;
	*) command -v "$word" >/dev/null ;;
	esac || { found='' && say "no-program $word"; }
done
if [ "$found" ]; then
	text=$(limited 30 sh -c "exec $line" </dev/null 2>&1)
	say "version-exit $?"
	printf '%s\n' "$text" | head -n 30 | cut -c 1-1000 | while read -r text; do
		say "version $text"
	done
	[ -z "$trial" ] || limited 10 sh -c "$trial" </dev/null 2>/dev/null | head -n 10 | while read -r text; do
		say "unfit $text"
	done
fi
PATH=$usual

home=${HOME-}
if [ -d "$home" ] && [ -w "$home" ] && [ -x "$home" ]; then
	say "home yes"
else
	say "home no"
fi
jobs=$home/.jet-fanout
# an example of the path of a job's agent: too long for a socket, unless /proc offers a shorter one
path=$jobs/00000000-0000-0000-0000-000000000000/0001/agent
[ ${#path} -lt 108 ] || [ -d /proc/self/cwd ] || say "folder long"
if command -v flock >/dev/null && [ -d "$home" ]; then
	text=$({ limited 5 flock -s -n 9; } 2>&1 9<"$home") || say "locks ${text:-flock fails}"
fi
if [ -e "$jobs" ]; then
	{ [ -d "$jobs" ] && [ -w "$jobs" ] && [ -x "$jobs" ]; } || say "jobs no"
fi
[ -z "$home" ] || df -Pk "$home" 2>/dev/null | tail -n 1 | {
	read -r _ _ _ free _
	say "free $free"
}

if [ -S "${SSH_AUTH_SOCK-}" ]; then
	say "agent yes"
	if command -v ssh-add >/dev/null; then
		text=$(limited 10 ssh-add -l </dev/null 2>&1)
		say "guard $?"
		printf '%s\n' "$text" | head -n 50 | while read -r _ key _; do
			case $key in
			SHA256:*) say "key $key" ;;
			esac
		done
	fi
fi

# -k: ignores a password that was given before, without forgetting it
if command -v sudo >/dev/null && limited 5 sudo -k -n true </dev/null >/dev/null 2>&1; then
	say "sudo yes"
fi
say end
