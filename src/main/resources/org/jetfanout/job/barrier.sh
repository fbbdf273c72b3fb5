# The wrapper's part of a job that waits between plays; JobFiles puts it before the wrapper, with the
# numbers of the plays before which it waits in $barriers, and for how many seconds it does so where
# nobody comes for it in $lonely. In the bundle:
#
#   barriers/N    pipe, the first of the vars_files of play N: the runner opens it when that play begins,
#                 and reads `{}` from it when it may go on; a file with `{}` from then on
#   barriers/go   pipe by which the connection that follows hands on what the control machine decides:
#                 "go N", "stop N", "close START", "again START"
#
# $job/at has a line for each step of the way: "barrier N", "passed N", "stopped N",
# "runner-ended START EXIT", "again START". START counts the starts of the runner.
starts=1

# Where the job stands: its last step into $step, the last barrier that it has passed into $passed.
stands() {
	step='' passed=0
	while read -r word number _; do
		step="$word $number"
		[ "$word" != passed ] || passed=$number
	done <"$job/at"
}

# Waits until the runner has come to play $1, and then until it may go on.
await_play() {
	# who is told to end ends with the wrapper: the end of the pipe would let the runner go on
	trap '' TERM HUP INT
	exec 9<>barriers/go 8>"barriers/$1"
	stands
	if [ "$passed" -lt "$1" ]; then
		[ -z "$limit" ] || rest_turn
		printf 'barrier %s\n' "$1" >>"$job/at"
		while read -r word number <&9; do
			case "$word $number" in
			"go $1") break ;;
			"stop $1") end_runner "$1" ;;
			esac
		done
		[ -z "$limit" ] || resume_turn
		printf 'passed %s\n' "$1" >>"$job/at"
	fi
	answer "$1" '{}'
}

# Writes $2 into the pipe of play $1, fd 8. Whoever opens it once more finds a file with that, and not a
# pipe at which nobody waits.
answer() {
	printf '%s\n' "$2" >"barriers/$1.new"
	mv -f "barriers/$1.new" "barriers/$1"
	printf '%s\n' "$2" >&8
}

# Ends the runner, which has come to play $1, and everything that it has started.
end_runner() {
	printf 'stopped %s\n' "$1" >>"$job/at"
	kill -s TERM -- "-$$"
	n=0
	while stat_of "$runner" && [ $n -lt 50 ]; do
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
	kill -s KILL "$runner"
	answer "$1" '{ ended'
	exit
}

# Looks after those that wait: a wrapper that was killed leaves none behind, and a job for which nobody
# comes any more ends.
look_after() {
	# what ends all of the group is not for this one: it goes when it is not needed any more
	trap : TERM HUP INT
	trap 'kill $!; exit' USR1
	alone=0
	while :; do
		sleep 5 &
		wait $!
		if ! { stat_of $$ && [ "$start" = "$began" ]; } && ! { stat_of "$runner" && in_group; }; then
			guard=''
			unwatch
			exit
		fi
		stands
		case $step in
		barrier* | runner-ended*) alone=$((alone + 5)) ;;
		*) alone=0 ;;
		esac
		for other in "$job"/follower "$job"/term.*; do
			{ read -r follower since <"$other"; } && stat_of "$follower" && [ "$start" = "$since" ] && alone=0
		done
		[ $alone -lt "$lonely" ] || kill -s TERM -- "-$$"
	done
}

# Whether the process that was looked at last is of this job.
in_group() {
	[ -z "$group" ] || [ "$group" = $$ ]
}

# The runner has begun.
watch() {
	watchers='' guard=''
	stands
	for play in $barriers; do
		[ "$play" -gt "$passed" ] || continue
		await_play "$play" >/dev/null &
		watchers="$watchers $!"
	done
	[ -n "$watchers" ] || return
	look_after >/dev/null &
	guard=$!
}

# Nobody waits for the runner any more.
unwatch() {
	# a new process may still have the wrapper's own trap, and TERM would be lost
	[ -z "$guard" ] || { stat_of "$guard" && in_group && kill -s USR1 "$guard"; }
	# a process of the runner's that lives on and reads there must not go on: the mere end would let it
	stands
	# (`command`: else one that is gone would end the shell)
	if [ "${step% *}" = barrier ] && command exec 8<>"barriers/${step#* }"; then
		answer "${step#* }" '{ ended'
		exec 8>&-
	fi
	for watcher in $watchers; do
		stat_of "$watcher" && in_group && kill -s KILL "$watcher"
	done
}

# The runner has ended. Where plays are left that it has not come to, the control machine decides what
# becomes of them: the job ends, or the runner starts once more.
later_starts() {
	while :; do
		unwatch
		[ -z "$cut" ] && is_left && ask && renew || return
		starts=$((starts + 1))
		printf 'again %s\n' "$starts" >>"$job/at"
		# the wrapper's own is closed
		runner 2>&1 6<&- 7<&- &
		runner=$!
		note_pid .new
		watch
		await_runner
	done
}

# Whether there is a play that the runner has not come to.
is_left() {
	stands
	[ "${barriers##* }" -gt "$passed" ]
}

# Asks the control machine; true where the runner is to start once more.
ask() {
	(
		exec 9<>barriers/go
		[ -z "$limit" ] || rest_turn
		printf 'runner-ended %s %s\n' "$starts" "$code" >>"$job/at"
		while read -r word number <&9; do
			case "$word $number" in
			"close $starts") exit 1 ;;
			"again $((starts + 1))")
				[ -z "$limit" ] || resume_turn
				exit 0
				;;
			esac
		done
		exit 1
	) >/dev/null &
	watchers=$!
	look_after >/dev/null &
	guard=$!
	# ends when this is told to end, too
	wait "$watchers"
	answer=$?
	unwatch
	return $answer
}

# The files for the next start.
renew() {
	new=$job/again.$((starts + 1))
	gzip -dc <"$new" 2>.renew | tar -xf - 2>>.renew && rm -f "$new" && return
	why=''
	while [ -z "$why" ] && read -r why; do :; done <.renew
	printf 'jet-fanout: the files for another start of the runner cannot be unpacked: %s\n' "$why"
	return 1
}
