# The wrapper of a job. It leads the job's session, starts the runner, and writes how the runner ended.
# JobFiles puts before it: a function `runner`, which sets the environment and executes the runner's
# command; the agent relay in two languages; turn.sh, if there is a $limit; and barrier.sh, if there are
# $barriers. The wrapper's stdin, stdout and stderr are those of the runner.
#
#   run JOB UPLOAD SWEEP    SWEEP: folders of other runs are removed after so many minutes; empty: never
umask 077
job=$1 upload=$2 sweep=$3
cd "$job/bundle.$upload" || exit 1
# reserves space for the end: the disk may be full by then
printf '%159s\n' '' >"$job/exit"

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

# The runner's agent: a relay that outlives connections, or, without perl and python, the link to the agent itself.
auth=$job/agent relay=''
if [ -L "$auth" ]; then
	relay=$(perl -e "$perl" "$job" "$patience" $$ 2>/dev/null) ||
		relay=$(python3 -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null) ||
		relay=$(/usr/libexec/platform-python -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null) ||
		relay=''
	[ -z "$relay" ] || auth=$job/relay
	# the path of a socket has at most 107 characters; these short paths lead to the same sockets
	if [ ${#auth} -ge 108 ]; then
		auth=/proc/$$/cwd/../agent
		[ -z "$relay" ] || auth=/proc/$relay/cwd/relay
	fi
fi
runner &
runner=$!
# the shell's "Terminated" does not belong to the runner's output
exec 2>/dev/null
stat_of $$
began=$start
here
# with a $limit there is a file pid already, which says that this job waits: replaced in one step
note_pid "${limit:+.new}"
[ -z "$barriers" ] || watch
await_runner
[ -z "$barriers" ] || later_starts

[ -z "$limit" ] || leave_queue
# the relay's socket stays: it shows to `attach` that the job had a relay
[ -z "$relay" ] || kill -s KILL "$relay"
cd "$job" || exit 1
remove "bundle.$upload"
# shellcheck disable=SC2046
set -- $(cksum output.log events.log)
printf 'exit=%s output=%s:%s events=%s:%s end\n' $code "$2" "$1" "$5" "$4" 1<>./exit

[ -n "$sweep" ] || exit 0
# Removes folders of other jobs that have ended, if nothing in them has changed for $sweep minutes. The clock may
# have jumped. So a job of this boot must also have started that long ago, by the kernel's own count (in
# hundredths of a second).
(
	exec </dev/null >/dev/null 2>&1
	cd "$job/../.." || exit
	# what `remove` could not remove: it may be a bundle, so it goes whatever its age
	for old in */gone.* */*/gone.*; do
		limited 10 rm -rf "$old"
		rmdir -p "${old%/*}"
	done
	# whole files for the hosts, which later jobs might have used
	find files -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
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
