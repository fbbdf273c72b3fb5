# The wrapper of a job: leads its session, starts the runner, writes down how it ended.
# JobFiles puts a function `runner` before it, which becomes the runner's command (environment and
# all), the agent relay in two languages, and where there is a $limit the queue for it. Its stdin,
# stdout and stderr are those of the runner.
#
#   run JOB UPLOAD SWEEP    SWEEP: minutes after which folders of other runs go, or empty
umask 077
job=$1 upload=$2 sweep=$3
cd "$job/bundle.$upload" || exit 1
# room for the end, even where the disk is full by then
printf '%159s\n' '' >"$job/exit"

# jobs end with the runner, even when all of the group is told to
told=''
trap 'told=1' TERM HUP INT
# nothing of the queue's own tools goes to the runner's output
[ -z "$limit" ] || await_turn 2>/dev/null

# The runner's agent: a relay that outlives connections, or else the link to what there is.
auth=$job/agent relay=''
if [ -L "$auth" ]; then
	relay=$(perl -e "$perl" "$job" "$patience" $$ 2>/dev/null) ||
		relay=$(python3 -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null) ||
		relay=$(/usr/libexec/platform-python -I -S -c "$python" "$job" "$patience" $$ 2>/dev/null) ||
		relay=''
	[ -z "$relay" ] || auth=$job/relay
	# a socket's path has 107 characters at most; these name the same ones, however deep the home is
	if [ ${#auth} -ge 108 ]; then
		auth=/proc/$$/cwd/../agent
		[ -z "$relay" ] || auth=/proc/$relay/cwd/relay
	fi
fi
runner &
runner=$!
# "Terminated" is not the runner's word
exec 2>/dev/null
stat_of $$
began=$start
here
printf '%s %s %s %s %s\n' $$ "$began" $runner "$place" "$machine" >"$job/pid${limit:+.new}"
# whoever reads it may have read before that this job waits
[ -z "$limit" ] || mv -f "$job/pid.new" "$job/pid"
wait $runner
code=$?
while [ -n "$told" ]; do
	told=''
	wait $runner
	again=$?
	[ $again = 127 ] || code=$again
done

[ -z "$limit" ] || leave_queue
# its socket stays: who attaches sees by it that no login failed for want of the agent
[ -z "$relay" ] || kill -s KILL "$relay"
cd "$job" || exit 1
remove "bundle.$upload"
# shellcheck disable=SC2046
set -- $(cksum output.log events.log)
printf 'exit=%s output=%s:%s events=%s:%s end\n' $code "$2" "$1" "$5" "$4" 1<>./exit

[ -n "$sweep" ] || exit 0
# Folders in which nothing has moved for that long and nothing runs. The clock alone is not believed:
# it may have jumped. Start times of this boot, in hundredths of a second, do not.
(
	exec </dev/null >/dev/null 2>&1
	cd "$job/../.." || exit
	# what could not be removed in its time: it may be a bundle, so it has no time of its own
	for old in */gone.* */*/gone.*; do
		limited 10 rm -rf "$old"
		rmdir -p "${old%/*}"
	done
	find . -mindepth 2 -maxdepth 2 -type d ! -path "./queue/$place" ! -name 'gone.*' -mmin +"$sweep" | while read -r old; do
		pid='' begun='' there='' theirs=''
		read -r pid begun _ there theirs <"$old/pid" || read -r theirs <"$old/machine"
		if [ "$there" = "$place" ]; then
			kill -s 0 -- "-${pid:-0}" && [ -n "$pid" ] && continue
			[ "${place%.*}" != - ] && [ $((began - begun)) -lt $((sweep * 6000)) ] && continue
		elif ! [ -s "$old/exit" ] || [ "$(wc -w <"$old/exit")" = 0 ]; then
			# not ended as far as it is known: what another machine does in a home that it shares with
			# this one is not ours to judge
			[ -n "$theirs" ] && [ "$theirs" != "$machine" ] && continue
			[ -n "$pid" ] && [ -n "$theirs" ] && after_boot "$old/pid" && continue
		fi
		(cd "${old%/*}" && remove "./${old##*/}")
		rmdir "${old%/*}"
	done
) &
exit 0
