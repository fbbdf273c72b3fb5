# The wrapper's part where its worker may run only $limit jobs at a time; JobFiles puts it before the
# wrapper. A worker's queue is a folder, a new one for each boot of each machine that
# has this home, so that nothing of before or of elsewhere counts:
#
#   ~/.jet-fanout/queue/PLACE/N      "WRAPPER START JOB" of a job that waits; the lowest number is next
#   ~/.jet-fanout/queue/PLACE/run.N  the same of one whose turn has come
#
# Who was killed is swept by the others. The lock ends with its holder, however that ends.

# Whether the job of ticket $1 still waits or runs.
lives() {
	leader='' began='' folder=''
	{ read -r leader began folder <"$1"; } 2>/dev/null && [ -n "$folder" ] || return 1
	stat_of "$leader" && [ "$start" = "$began" ] && return
	# a runner whose wrapper was killed goes on
	{ read -r _ _ running _ <"$folder/pid"; } 2>/dev/null && stat_of "$running" && [ "$group" = "$leader" ]
}

# Takes the number after all that there are.
join_queue() {
	last=0
	for other in [0-9]* run.*; do
		other=${other#run.}
		[ "$other" -gt "$last" ] && last=$other
	done
	ticket=$((last + 1))
	printf '%s %s %s\n' $$ "$mine" "$job" >"$ticket" || {
		rm -f "$ticket"
		ticket=''
		return 1
	}
}

# Whether this job is the first of those that wait, and fewer than $limit run: then it may run.
is_next() {
	run=0
	for other in [0-9]* run.*; do
		{ [ -e "$other" ] && [ "$other" != "$ticket" ]; } || continue
		if ! lives "$other"; then
			rm -f "$other"
			continue
		fi
		case $other in
		run.*) run=$((run + 1)) ;;
		*) [ "$other" -gt "$ticket" ] || return 1 ;;
		esac
	done
	[ $run -lt "$limit" ] && mv "$ticket" "run.$ticket"
}

# Waits for the lock, fd 9. That it cannot be had at all (a home without locks) says nothing of whose
# turn it is.
locked() {
	if flock 9; then
		failed=0
	else
		failed=$((failed + 1))
		return 1
	fi
}

# Returns when the job may run. One that is told to end meanwhile never runs.
await_turn() {
	ticket='' failed=0
	here
	stat_of $$
	mine=$start
	queue=${job%/*/*}/queue/$place
	if ! { mkdir -p "$queue" && cd "$queue" && printf '' >>lock && printf '%s\n' "$machine" >machine; }; then
		runner() {
			echo "jet-fanout: cannot write the queue for max_jobs: $queue"
			exit 73
		}
		return
	fi
	while [ -z "$told" ]; do
		{ locked && { [ -n "$ticket" ] || join_queue; } && is_next; } 9>>lock && break
		if [ $failed -ge 5 ]; then
			rm -f "$ticket"
			runner() {
				echo "jet-fanout: cannot lock the queue for max_jobs: $queue"
				exit 73
			}
			break
		fi
		# to those who ask, this is a job that waits
		[ -e "$job/pid" ] || printf '%s %s - %s %s\n' $$ "$mine" "$place" "$machine" >"$job/pid"
		sleep 1 &
		wait $!
	done
	if [ -n "$told" ]; then
		told=''
		[ -z "$ticket" ] || rm -f "$ticket" "run.$ticket"
		runner() {
			exit 143
		}
	fi
	cd "$job/bundle.$upload" || exit 1
}

# The runner has ended.
leave_queue() {
	[ -z "$ticket" ] || rm -f "$queue/run.$ticket"
}
