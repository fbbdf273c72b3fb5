# The wrapper of a job. It leads the job's session, starts the runner, and writes how the runner ended.
# JobFiles puts before it: a function `runner`, which sets the environment and executes the runner's
# command; the agent relay in two languages; turn.sh, if there is a $limit; and barrier.sh, if there are
# $barriers. The wrapper's stdin, stdout and stderr are those of the runner.
#
#   run JOB UPLOAD SWEEP AGENT FOLLOWER
#
# SWEEP: folders of other runs are removed after so many minutes; empty: never. AGENT: empty if there is none, else
# $SSH_AUTH_SOCK is the agent of the connection that starts this. FOLLOWER: the process of that connection.
umask 077
job=$1 upload=$2 sweep=$3 agent=${4-} follower=${5-}
cd "$job/bundle.$upload" || exit 1
# Reserves space for the end: the disk may be full by then. (Shells read byte by byte. So the first line is empty: whoever
# looks for the end reads that line each time.)
printf '\n%159s\n' '' >"$job/exit"

# a signal to the whole group ends the runner; the wrapper stays, to write how the runner ended
told='' cut=''
trap 'told=1 cut=1' TERM HUP INT
# the messages of the queue's tools do not belong to the runner's output
[ -z "$limit" ] || await_turn 2>/dev/null

# Whoever asks for the job finds it by this; who reads it meanwhile needs the whole of it: $1 is .new.
note_pid() {
	printf '%s %s %s %s %s\n' $$ "$began" $runner "$place" "$machine" >"$job/pid$1"
	[ -z "$1" ] || mv -f "$job/pid$1" "$job/pid"
}

# Waits for the end of the runner; its exit code into $code.
await_runner() {
	wait $runner
	code=$?
	while [ -n "$told" ]; do
		told=''
		wait $runner
		again=$?
		[ $again = 127 ] || code=$again
	done
}

# True if what rm has begun comes to its end within half a second, as nearly always. So no program is needed that watches it.
removed() {
	n=0
	while kill -s 0 $removing; do
		[ $n -lt 10 ] || {
			kill -s KILL $removing
			return 1
		}
		n=$((n + 1))
		sleep 0.05 || sleep 1
	done
	wait $removing
}

# The runner's agent: a relay that outlives connections, or, without perl and python, the link to the agent itself.
# It also makes the link, unless there is one: a newer connection may have been faster.
auth=$job/agent relay='' asks='' began=''
if [ -n "$agent" ] || [ -L "$auth" ]; then
	# in the background: the relay says its process id, perl's also more (see relay.pl), and then closes its stdout
	relay=$(LC_ALL=C perl -e "$perl" "$job" "$patience" $$ "$serve" "$follower" "bundle.$upload" 2>/dev/null &)
	[ -n "$relay" ] || relay=$(python3 -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null &)
	[ -n "$relay" ] || relay=$(/usr/libexec/platform-python -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null &)
	# shellcheck disable=SC2086
	set -- $relay
	relay=${1-} began=${4-}
	[ -z "$began" ] || place=$5 machine=$6
	# opened for both, a pipe ends nobody who writes and is not read
	[ -z "${3-}" ] || ! { command exec 6<>"/proc/$relay/fd/$2" 7<"/proc/$relay/fd/$3"; } 2>/dev/null || asks=1
	# who follows waits for perl's relay to tell it when to look
	[ -n "$asks" ] || [ -z "$follower" ] || ! command -v perl >/dev/null || kill -s URG "$follower" 2>/dev/null
	[ -n "$relay" ] || [ -L "$auth" ] || ln -s "$SSH_AUTH_SOCK" "$auth" 2>/dev/null
	[ -z "$relay" ] || auth=$job/relay
	# the path of a socket has at most 107 characters; these short paths lead to the same sockets
	if [ ${#auth} -ge 108 ]; then
		auth=/proc/$$/cwd/../agent
		[ -z "$relay" ] || auth=/proc/$relay/cwd/relay
	fi
fi
runner 6<&- 7<&- &
runner=$!
# the shell's "Terminated" does not belong to the runner's output
exec 2>/dev/null
[ -n "$began" ] || {
	stat_of $$
	began=$start
	here
}
# with a $limit there is a file pid already, which says that this job waits: replaced in one step
note_pid "${limit:+.new}"
[ -z "$barriers" ] || watch
await_runner
[ -z "$barriers" ] || later_starts

[ -z "$limit" ] || leave_queue
cd "$job" || exit 1
cleared='' sums=''
[ -z "$asks" ] || {
	echo >&6
	# also a relay that somebody has stopped answers
	kill -s CONT "$relay"
	read -r cleared sums <&7
}
# the relay's socket stays: it shows to `attach` that the job had a relay
[ -z "$relay" ] || [ -n "$cleared" ] || kill -s KILL "$relay"
removing=''
[ "$cleared" = cleared ] || {
	rm -rf "bundle.$upload" &
	removing=$!
}
# shellcheck disable=SC2046,SC2086
set -- ${sums:-$(cksum output.log events.log)}
[ -z "$removing" ] || removed || remove "bundle.$upload"
printf 'exit=%s output=%s:%s events=%s:%s end\n' $code "$2" "$1" "$5" "$4" 1<>./exit
[ -z "$follower" ] || kill -s URG "$follower"

[ -n "$sweep" ] || exit 0

# Whether folders must be looked for: once an hour is enough, or 24 times within $sweep minutes. The file .swept says when
# that was last: "PLACE", and the time as $began has it.
due() {
	pause=$((sweep * 250))
	[ $pause -lt 360000 ] || pause=360000
	if { read -r there begun <.swept; } && [ "$there" = "$place" ] && [ "${place%.*}" != - ] &&
		[ "$began" -ge "$begun" ] && [ $((began - begun)) -lt $pause ]; then
		return 1
	fi
	printf '%s %s\n' "$place" "$began" >.swept
}

# Removes folders of other jobs that have ended, if nothing in them has changed for $sweep minutes. The clock may
# have jumped. So a job of this boot must also have started that long ago, by the kernel's own count (in
# hundredths of a second).
(
	exec </dev/null >/dev/null 2>&1
	cd "$job/../.." || exit
	# what `remove` could not remove: it may be a bundle, so it goes whatever its age
	for old in */gone.* */*/gone.*; do
		[ -e "$old" ] || continue
		limited 10 rm -rf "$old"
		rmdir -p "${old%/*}"
	done
	due || exit
	# whole files for the hosts, which later jobs might have used
	[ ! -d files ] || find files -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
	find . -mindepth 2 -maxdepth 2 -type d ! -path "./queue/$place" ! -name 'gone.*' -mmin +"$sweep" | while read -r old; do
		pid='' begun='' there='' theirs=''
		read -r pid begun _ there theirs <"$old/pid" || read -r theirs <"$old/machine"
		if [ "$there" = "$place" ]; then
			kill -s 0 -- "-${pid:-0}" && [ -n "$pid" ] && continue
			[ "${place%.*}" != - ] && [ $((began - begun)) -lt $((sweep * 6000)) ] && continue
		elif ! [ -s "$old/exit" ] || [ "$(wc -w <"$old/exit")" = 0 ]; then
			# the folder has no end: another machine that shares this home may still run the job
			[ -n "$theirs" ] && [ "$theirs" != "$machine" ] && continue
			[ -n "$pid" ] && [ -n "$theirs" ] && after_boot "$old/pid" && continue
		fi
		(cd "${old%/*}" && remove "./${old##*/}")
		rmdir "${old%/*}"
	done
) &
exit 0
