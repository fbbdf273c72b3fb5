# The part of job.sh for a job that waits between plays, numbered in $barriers; JobScript puts it before the
# rest. What the control machine decides comes by stdin, in lines:
#
#   bundle SIZE       and as many bytes: what was sent, for a start
#   go N, stop N      the runner goes on into play N, or ends before it
#   close START       the runner has ended, and with it the job
#   again START SIZE  and as many bytes: files for another start of the runner

# What was sent.
bundle() {
	read -r _ size && head -c "$size"
}

# Makes the pipes (see barrier.sh) in the folder of what was sent.
pipes() {
	pipes=barriers/go
	for play in $barriers; do
		pipes="$pipes barriers/$play"
	done
	# shellcheck disable=SC2086
	mkdir barriers && mkfifo $pipes
}

# Hands on what the control machine decides. It ends with the connection, and so does who follows.
listen() {
	stat_of $$
	followed=$start
	while read -r word number size; do
		case $word in
		# the job was started before
		bundle) head -c "$number" ;;
		go | stop | close) hand "$word $number" ;;
		again)
			if head -c "$size" >"again.$$" && [ $(($(wc -c <"again.$$"))) != "$size" ]; then
				# the connection broke
				break
			fi
			# where it could not be written the wrapper says so
			mv -f "again.$$" "again.$number"
			hand "again $number"
			;;
		esac
	done
	stat_of $$ && [ "$start" = "$followed" ] && kill $$
}

# To whoever waits for it, if anybody does: opened for both, a pipe makes nobody wait.
hand() {
	for door in bundle.*/barriers/go; do
		[ ! -p "$door" ] || echo "$1" 1<>"$door"
	done
}

# Reads how far the job is: how many steps it has taken into $steps, which of them was the last to
# wait for an answer into $asked, the last barrier that it has passed into $passed, and the number of the
# runner's start into $starts.
look() {
	steps=0 asked='' passed=0 starts=1
	[ ! -e ./at ] || while read -r step; do
		steps=$((steps + 1))
		case $step in
		'passed '*) passed=${step#* } ;;
		'again '*) starts=${step#* } ;;
		'barrier '* | 'runner-ended '*) asked=$steps ;;
		esac
	done <./at
}

# Reports the new steps. A connection that attaches gets the sum of the earlier ones, and the last step
# only if the job waits there for an answer.
report() {
	if [ -z "$reported" ]; then
		[ $steps = 0 ] || say "stands $starts $passed"
		reported=$steps
		[ "$asked" != $steps ] || reported=$((steps - 1))
	fi
	[ $reported -lt $steps ] || return 0
	n=0
	while read -r step && [ $n -lt $steps ]; do
		n=$((n + 1))
		[ $n -le $reported ] || say "$step"
	done <./at
	reported=$steps
}
