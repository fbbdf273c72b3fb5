# The part of the wrapper that waits while $limit other jobs run on the worker. JobFiles puts it before
# the wrapper. A worker's queue is a folder. Each boot of each machine that has this home has a folder of
# its own, so that jobs of an earlier boot or of another machine do not count:
#
#   ~/.jet-fanout/queue/PLACE/N      "WRAPPER START JOB" of a job that waits; the lowest number is next
#   ~/.jet-fanout/queue/PLACE/run.N  the same for a job whose turn has come
#   ~/.jet-fanout/queue/PLACE/rest.N the same for a job that waits between two plays, and does not count
#
# If a wrapper is killed, other jobs remove its ticket. The kernel releases the lock when its holder ends.

# True if the job of ticket $1 still waits or runs.
lives() {
	leader='' began='' folder=''
	{ read -r leader began folder <"$1"; } 2>/dev/null && [ -n "$folder" ] || return 1
	stat_of "$leader" && [ "$start" = "$began" ] && return
	# if its wrapper was killed, the runner may still run
	{ read -r _ _ running _ <"$folder/pid"; } 2>/dev/null && stat_of "$running" && [ "$group" = "$leader" ]
}

# Makes a ticket with the next number after all others.
join_queue() {
	last=0
	for other in [0-9]* run.* rest.*; do
		other=${other#*.}
		[ "$other" -gt "$last" ] && last=$other
	done
	ticket=$((last + 1))
	printf '%s %s %s\n' $$ "$mine" "$job" >"$ticket" || {
		rm -f "$ticket"
		ticket=''
		return 1
	}
}

# True if this job is the first of those that wait, and fewer than $limit run. Then its turn has come.
is_next() {
	run=0
	for other in [0-9]* run.* rest.*; do
		{ [ -e "$other" ] && [ "$other" != "$ticket" ]; } || continue
		if ! lives "$other"; then
			rm -f "$other"
			continue
		fi
		case $other in
		run.*) run=$((run + 1)) ;;
		rest.*) ;;
		*) [ "$other" -gt "$ticket" ] || return 1 ;;
		esac
	done
	[ $run -lt "$limit" ] && mv "$ticket" "run.$ticket"
}

# Waits for the lock, fd 9. Counts failures in $failed: the file system of the home may not support locks.
locked() {
	if flock 9; then
		failed=0
	else
		failed=$((failed + 1))
		return 1
	fi
}

# Returns when the job may run. If the job is told to end meanwhile, its runner is never called.
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
		# - for the runner: the job waits
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

# Gives the turn to the next job, when the runner has ended.
leave_queue() {
	[ -z "$ticket" ] || rm -f "$queue/run.$ticket" "$queue/rest.$ticket" "$queue/$ticket"
}

# Other jobs may run while this one waits between two plays: what it waits for may be behind them in the
# queue of another worker.
rest_turn() {
	[ -z "$ticket" ] || mv "$queue/run.$ticket" "$queue/rest.$ticket"
}

# Returns when the job may go on. With its old number it is the next.
resume_turn() {
	[ -n "$ticket" ] || return
	cd "$queue" && mv "rest.$ticket" "$ticket"
	until { locked && is_next; } 9>>lock || [ $failed -ge 5 ]; do
		sleep 1
	done
	cd "$job/bundle.$upload" || exit 1
}
