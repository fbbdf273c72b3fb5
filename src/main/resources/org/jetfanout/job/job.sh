# The worker's side of the job protocol, in POSIX sh. JobScript removes the comments and sends the rest
# as the argument of `sh -c`. package-info.java of org.jetfanout.job describes the answers.
#
#   start  NONCE X Y GUID BATCH OUTPUT EVENTS FRAME TERM PROOF  UPLOAD PACKED RETAIN LIMIT AGENT PATH WORD…
#   attach NONCE X Y GUID BATCH OUTPUT EVENTS FRAME TERM PROOF
#   cancel NONCE X Y GUID BATCH OUTPUT EVENTS FRAME TERM PROOF
#   status NONCE X Y GUID
#   clean  NONCE X Y GUID
#
# It writes to stdout only. Each line begins with a mark: the nonce and the sum of X and Y. The sum is not
# in the command, so a program that only repeats the command cannot print the mark. The control machine
# sends the bundle after the first such line. Other processes may hold this channel and write to it at any
# time. So log bytes are sent in frames, and each frame begins with its size.
#
# OUTPUT and EVENTS: how many bytes of each log the control machine has; - if it wants no more of that log.
# FRAME: the most bytes of a frame. TERM: counts the owners of the run; a later owner has a higher one. PROOF: shows an
# earlier owner that the later one is real; - for the first owner. The job's folder is ~/.jet-fanout/GUID/BATCH:
#
#   bundle.UPLOAD/  what was sent; removed when the job ends
#   job             made once (O_EXCL): the connection that makes it starts the job, all others attach
#   pid             "WRAPPER START RUNNER PLACE MACHINE"; RUNNER is - while the job waits for its turn
#   agent           link to the agent of the latest connection
#   relay late      socket of the agent relay (see run.sh); `late` is there if the relay gave up waiting
#   at              the steps of a job that waits between plays (see barrier.sh)
#   away            "FROM TO": the events in these bytes were written without an agent
#   output.log events.log
#   exit            "exit=N output=SIZE:CKSUM events=SIZE:CKSUM end" when the job has ended
#   follower        "PID START" of the connection that follows now, for the first owner
#   term.N.PROOF    the same for the owner with term N; it is made as soon as that owner asks for the job, so that
#                   owners with a lower term find it
#   part writer.*   of a file for the hosts, while it is on its way (see payload.sh)
#
# Most of the time of a short job goes into forks. So a builtin does everything that a builtin can do.
verb=$1 nonce=$2 mark="jet-fanout $2 $(($3 + $4))" guid=$5
printf '%s hello\n' "$mark" || exit 1
newline='
'
set -f
umask 077
root=${HOME:?}/.jet-fanout
run=$root/$guid

say() {
	printf '%s %s\n' "$mark" "$*" || exit 1
}

refuse() {
	say "refused $1 $2"
	exit "$3"
}

# Reads the file pid. Sets $wrapper and $runner to the processes of this folder's job that still live, else to
# nothing. Sets $waits if the job waits for its turn. Sets $elsewhere to the name of the machine that has the
# job if it is another one: machines can share a home. False if neither process lives here.
living() {
	wrapper='' runner='' began='' leader='' waits='' elsewhere='' there='' theirs=''
	{ read -r wrapper began runner there theirs <pid; } 2>/dev/null || return 1
	[ -n "${place-}" ] || here
	if [ "$there" != "$place" ]; then
		wrapper='' runner=''
		if [ -n "$theirs" ] && [ "$theirs" != "$machine" ]; then
			elsewhere=${theirs%%/*}
		elif [ -n "$theirs" ] && after_boot pid; then
			elsewhere="another one named ${theirs%%/*}"
		fi
		return 1
	fi
	leader=$wrapper
	[ "$runner" != - ] || waits=1
	stat_of "$runner" && { [ -z "$group" ] || [ "$group" = "$leader" ]; } || runner=''
	stat_of "$wrapper" && [ "$start" = "$began" ] || wrapper=''
	[ -n "$wrapper$runner" ]
}

# Sets $end to the end of the job in this folder. False if the job has not ended.
ended() {
	{ read -r end <./exit; } 2>/dev/null
	case $end in
	exit=*' end') end=${end% end} ;;
	*) end='' && return 1 ;;
	esac
}

# Sets $sums to the sizes and checksums of both logs.
sums() {
	# shellcheck disable=SC2046
	set -- $(cksum output.log events.log)
	sums="output=$2:$1 events=$5:$4"
}

# Moves fd $1 to byte $2 of its log.
seek() {
	[ "$2" -le 0 ] || dd bs=4096 skip=$(($2 / 4096)) count=0 <&"$1" >/dev/null
	[ $(($2 % 4096)) -le 0 ] || dd bs=1 skip=$(($2 % 4096)) count=0 <&"$1" >/dev/null
}

# Waits for the last process that was started. A newer connection can end it (see replace).
rest() {
	doing=$! struck=''
	wait $doing
	code=$?
	while [ -n "$struck" ]; do
		struck=''
		wait $doing
		again=$?
		[ $again = 127 ] || code=$again
	done
	return $code
}

# Waits $1 seconds, or until the wrapper says that the job has ended.
nap() {
	[ -z "$woken" ] || return 0
	sleep "$1" &
	doing=$!
	wait $doing || [ -n "$woken" ] || {
		sleep 1 &
		doing=$!
		wait $doing
	}
	[ -z "$woken" ] || kill -s KILL $doing
}

# Sends one frame: the next $3 bytes of log $1, read from fd $2.
frame() {
	say "$1 $3"
	dd bs="$3" count=1 <&"$2" &
	rest || exit 1
	say .
}

# Sends the whole log $1 of $2 bytes as one frame, in a single write and without another program. False if nothing was
# sent, because it is more than a little, or not plain text: shells do not read that as it is.
little() {
	{ [ "$2" -le 400 ] && [ "$2" -le "$most" ]; } || return 1
	plain='' line=''
	while [ ${#plain} -le 400 ] && IFS= read -r line; do
		plain=$plain$line$newline
	done <"$1.log"
	plain=$plain$line
	case $plain in *[!\ -~"$newline"]*) return 1 ;; esac
	[ ${#plain} = "$2" ] || return 1
	printf '%s %s %s\n%s%s .\n' "$mark" "$1" "$2" "$plain" "$mark" || exit 1
}

# Sends the next $3 bytes of log $1 behind byte $4, read from fd $2.
frames() {
	left=$3
	[ -z "$end" ] || [ -z "$child" ] || [ "$4" != 0 ] || ! little "$1" "$3" || return 0
	while [ "$left" -gt 0 ]; do
		size=$left
		[ "$size" -le "$most" ] || size=$most
		if [ "$most" -ge 4096 ]; then
			frame "$1" "$2" "$size"
		else
			# Other programs have written into frames. They cannot write into a frame that is sent in a
			# single write of at most 4096 bytes.
			frame "$1" "$2" "$size" | dd obs=4096 &
			rest || exit 1
		fi
		left=$((left - size))
	done
}

# Sends the new bytes of both logs; if the job has ended, up to the sizes in its end. Sets $moved to their number. The end
# of a job that this shell has started is believed as it is: if a log has fewer bytes than that, the frame is torn, and who
# attaches next looks.
pump() {
	moved=0
	[ "$output$events" != -- ] || return 0
	[ "$output$events" != 00 ] || [ -s output.log ] || [ -s events.log ] || return 0
	sealed=${end#*output=} others=${end#*events=}
	sealed=${sealed%%:*} others=${others%%:*}
	if [ -n "$end" ] && [ -n "$child" ]; then
		text=$sealed other=$others
	else
		# shellcheck disable=SC2046
		set -- $(stat -c %s output.log events.log)
		# shellcheck disable=SC2046
		[ $# = 2 ] || set -- $(wc -c <output.log && wc -c <events.log)
		[ $# = 2 ] || exit 1
		text=$1 other=$2
		[ -z "$end" ] || [ "$text" -le "$sealed" ] || text=$sealed
		[ -z "$end" ] || [ "$other" -le "$others" ] || other=$others
	fi
	if [ "$output" != - ] && [ "$text" -gt "$output" ]; then
		frames output 3 $((text - output)) "$output"
		moved=$((text - output))
		output=$text
	fi
	if [ "$events" != - ] && [ "$other" -gt "$events" ]; then
		frames events 4 $((other - events)) "$events"
		moved=$((moved + other - events))
		events=$other
	fi
}

# Wakes the reader of pipe $1 every 3 seconds. tail alone is not enough: to tail, a zombie is alive, and so is
# another process that got the same id. Opening a pipe for reading and writing never waits.
tick() {
	trap 'kill $!; exit' TERM
	while :; do
		sleep 3 &
		wait $!
		stat_of $$ || exit
		echo 1<>"$1"
	done >/dev/null
}

# Ends this script.
leave() {
	[ -z "$clock" ] || kill "$clock"
	[ -z "$listener" ] || kill -s KILL "$listener"
	exit "$1"
}

# Sets $moment to hundredths of a second since the boot, or to nothing.
now() {
	moment=''
	{ read -r moment _ </proc/uptime; } 2>/dev/null
	case $moment in
	[1-9]*.[0-9][0-9]) moment=${moment%.*}${moment#*.} ;;
	*) moment='' ;;
	esac
}

# Waits until a log has grown or process $1 has ended. A job that has just begun may end soon, so the first two
# waits are one sleep each, which costs less than what follows. The first one needs no program if the job's relay tells
# this process when to look (see relay.pl); if there is no such relay after all, the wrapper tells it at once.
wake() {
	if [ "$early" = 1 ] && [ -n "$timed" ]; then
		[ -n "$called" ] || wait "$child"
		early=2
		return
	fi
	if [ -n "$early" ]; then
		nap 0.$early
		[ "$early" = 1 ] && early=2 || early=''
		return
	fi
	# tested once: can tail wait for a process, and can the pipe be opened by its fd? If not, sleep
	[ -n "$slow" ] || { [ -e /proc/$$/fd/4 ] && tail -c 1 --pid=$$ -s 0.1 /dev/null; } || slow=2
	slow=${slow:-no}
	if [ "$slow" = no ] && [ -z "$door" ]; then
		for door in bundle.*; do :; done
		door=$door/wake.$$
		# fd 5 reads the pipe, so opening it for writing never waits. The pipe is in bundle.*, which is
		# removed when the job ends, while we still wait. So its name is removed as soon as it is open.
		# (`command`: without it, a failed redirection of exec would end the shell.)
		if mkfifo "$door" && command exec 6<>"$door" 5<"$door" 6>&- && rm -f "$door" && [ -p /proc/$$/fd/5 ]; then
			door=/proc/$$/fd/5
		else
			door=''
		fi
	fi
	if [ -z "$door" ]; then
		[ "$slow" = no ] && nap 0.02 || nap 0.2
		return
	fi
	tails=''
	# All writers open the pipe before dd reads it. A pipe without a writer looks like its end to dd, and dd would
	# not wait.
	{
		for log in output events; do
			eval "from=\$$log"
			[ "$from" != - ] || continue
			tail -s 0.02 --pid="$1" -c +$((from + 1)) -f $log.log >&6 5<&- 6>&- &
			tails="$tails $!"
		done
		if [ -n "$barriers" ]; then
			tail -s 0.02 --pid="$1" -n +$((steps + 1)) -f at >&6 5<&- 6>&- &
			tails="$tails $!"
		fi
		if [ -z "$tails" ]; then
			tail -s 0.1 --pid="$1" -f /dev/null >&6 5<&- 6>&- &
			tails=$!
		fi
	} 6>"$door" || {
		door='' slow=2
		return
	}
	[ -n "$clock" ] || {
		tick "$door" 5<&- &
		clock=$!
	}
	dd bs=65536 count=1 <&5 5<&- >/dev/null &
	doing=$!
	[ -n "$woken" ] || wait $doing
	[ -z "$woken" ] || kill -s KILL $doing
	# KILL, not TERM: a new process has the trap of this shell until it has started its program
	# shellcheck disable=SC2086
	kill -s KILL $tails
	tails=''
}

# True if the wrapper that this shell has started lives. At first only a zombie that no wait has seen is taken for alive.
child_lives() {
	if [ -n "$early" ]; then kill -s 0 "$child"; else stat_of "$child"; fi
}

# Sends both logs as they grow until the job in this folder has ended, then sends the end. $child is the job's
# wrapper if this shell has started it, else empty.
follow() {
	# the control machine does not need the messages of tools from now on, nor "Terminated" of bash
	exec 2>/dev/null
	[ -e events.log ] || logs
	exec 3<output.log 4<events.log
	[ "$output" = - ] || seek 3 "$output"
	[ "$events" = - ] || seek 4 "$events"
	slow='' door='' clock='' pause=2 gone=0 early=${child:+1} listener=''
	set +f
	if [ -n "$barriers" ] && ! ended; then
		exec 7<&0
		listen <&7 >/dev/null &
		listener=$! reported=${child:+0}
	fi
	while :; do
		alive='' woken=''
		if ended; then
			pump
			say "end $end"
			leave 0
		elif [ -n "$child" ] && child_lives; then
			alive=$child
		elif living; then
			alive=${wrapper:-$runner} child=''
		elif [ $gone -ge 50 ] || { [ $gone -ge 3 ] && [ -s pid ]; }; then
			# no process of the job lives, and none has written the end
			sums
			end="exit=gone $sums"
			pump
			remove bundle.*
			say "end $end"
			leave 0
		else
			gone=$((gone + 1))
		fi
		[ -z "$barriers" ] || look
		# an owner with a lower term may have put its own agent there before it gave way
		# shellcheck disable=SC3013 # a shell without -ef makes the link once more
		[ "$term" -le 1 ] || ! [ -S "${SSH_AUTH_SOCK-}" ] || [ agent -ef "$SSH_AUTH_SOCK" ] || link
		pump
		[ -z "$barriers" ] || report
		if [ -z "$alive" ]; then
			nap 0.1
		elif [ $moved -ge 65536 ]; then
			continue
		elif [ $moved -gt 0 ]; then
			# more bytes may come at once. While they do, the sleep becomes longer and each frame larger
			case $pause in ?) nap 0.0$pause ;; *) nap 0.$pause ;; esac
			[ $pause -ge 16 ] || pause=$((pause + 2))
		elif [ -n "$early" ]; then
			wake "$alive"
		else
			# where a little comes all the time, to wait for each bit would cost more than the job
			now
			since=$moment
			wake "$alive"
			now
			[ -n "$moment" ] && [ $((moment - since)) -lt 30 ] || pause=2
		fi
	done
}

# Looks for marks of owners with a higher term, in the job's folder, which is $1: sets $newer to "N PROOF" of the highest.
# False if there is none. Files whose names are not complete are no marks.
outranked() {
	newer='' high=$term
	set +f
	for other in "${1-.}"/term.*; do
		other=${other##*/term.}
		proved=${other#*.} other=${other%%.*}
		case $other in '' | 0* | *[!0-9]* | ????????????????*) continue ;; esac
		case $proved in *[!0-9a-f]*) continue ;; esac
		[ ${#proved} = 32 ] && [ "$other" -gt "$high" ] || continue
		high=$other newer="$other $proved"
	done
	set -f
	[ -n "$newer" ]
}

# Another owner has the run.
give_way() {
	say "replaced $newer"
	exit 0
}

# The first step of each connection that is about a job: goes into its folder, leaves the mark of this owner, and gives
# way if one with a higher term has been here. The mark comes first: of two that come at once, the lower one sees it. Where
# nothing can be written there is no mark. False if there is no folder.
enter() {
	own=follower
	if [ "$term" -gt 1 ]; then
		own=term.$term.$proof
		n=0
		# tried again: a start that failed may just be removing the same folders
		until { cd "$job" || { mkdir -p "$job" && cd "$job"; }; } 2>/dev/null &&
			{ printf '' >>"$own"; } 2>/dev/null || [ $n -ge 2 ]; do
			n=$((n + 1))
		done
	fi
	cd "$job" 2>/dev/null || return
	! outranked || give_way
}

# Makes the file $1: `job` gives this connection the right to start the job. False if another connection was
# faster. (printf, not `:`, because a failed redirection of a special builtin ends the shell.)
claim() {
	set -C
	{ printf '' >"$1"; } 2>/dev/null
	code=$?
	set +C
	return $code
}

# Makes both logs, unless the disk has become read-only.
logs() {
	{ printf '' >>output.log && printf '' >>events.log && { [ -z "$barriers" ] || printf '' >>at; }; } 2>/dev/null
}

# Ends the older connection that followed this job, because it may hang in a dead network. From now on a newer one
# can end this connection in the same way. One of an owner with a higher term is never ended: it is there to stay.
replace() {
	set +f
	for other in follower term.*; do
		rank=${other#term.}
		rank=${rank%%.*}
		case $rank in
		follower) ;;
		'' | 0* | *[!0-9]* | ????????????????*) continue ;;
		*) [ "$rank" -le "$term" ] || continue ;;
		esac
		{ [ -f "$other" ] && read -r old began <"$other"; } 2>/dev/null || continue
		case $old in '' | 0* | *[!0-9]*) continue ;; esac
		[ "$old" != $$ ] && stat_of "$old" && [ "$start" = "$began" ] && kill "$old" 2>/dev/null
	done
	set -f
	stat_of "$$"
	{ printf '%s %s\n' "$$" "$start" >"$own"; } 2>/dev/null
	tails='' doing='' clock='' listener=''
	# no quotes: empty variables must not become arguments
	trap 'kill -s KILL $tails $doing $listener 2>/dev/null; kill $clock 2>/dev/null; exit 1' TERM
	# who came meanwhile may have looked before it could find this connection
	! outranked || give_way
}

link() {
	[ -S "${SSH_AUTH_SOCK-}" ] || return 0
	ln -s "$SSH_AUTH_SOCK" "agent.$$" && mv -f "agent.$$" agent
}

# Waits until the job in this folder can be found. The connection that starts it may not have written the pid yet.
appear() {
	n=0
	until living || [ -n "$elsewhere" ] || ended || ! [ -e job ] || [ $n -ge 50 ] || { [ $n -ge 2 ] && [ -s pid ]; }; do
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
}

# If the job in this folder waits for its turn: reports that, and returns when the job no longer waits.
queued() {
	living && [ -n "$waits" ] || return 0
	replace
	link
	say waiting
	while living && [ -n "$waits" ]; do
		sleep 0.5 || sleep 1
	done
}

# Sets $away to all outages of the agent so far, as " FROM-TO" each. The events that the control machine does not
# have yet were written without an agent, unless the job has a relay that never gave up waiting.
absence() {
	away=''
	[ -L agent ] || return 0
	if [ "$events" != - ] && [ -e events.log ] && { ! [ -S relay ] || [ -e late ]; }; then
		rm -f late
		to=$(($(wc -c <events.log)))
		[ "$to" -le "$events" ] || printf '%s %s\n' "$events" "$to" >>away
	fi
	# the last 90 only: a line of the protocol has no room for more
	[ ! -e away ] || away=" $(tail -n 90 away | tr ' \n' '- ')"
}

# Refuses if the job is on another machine that shares this home: its processes cannot be seen from here.
ours() {
	[ -z "$elsewhere" ] || ended || {
		say "elsewhere the job runs on another machine that shares this home folder: $elsewhere"
		exit 75
	}
}

# The connection that was to start the job has seen that a higher term is here, and has not started it.
withdrawn() {
	! outranked || give_way
	[ "$verb" = attach ] || exit 1
	say none
	exit 0
}

# Attaches to the job in this folder.
attach() {
	if ! ended; then
		appear
		[ -e job ] || withdrawn
		ours
		queued
	fi
	ended || link
	absence 2>/dev/null
	say "attached$away"
	ended || replace
	child=''
	follow
}

# True if a process of group $1 lives. Zombies do not count.
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

# Waits up to $2 tenths of a second for the end of process group $1. False if it still lives.
await_group() {
	n=0
	while group_lives "$1"; do
		[ $n -lt "$2" ] || return 1
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
}

# Ends the job in this folder. If it was not started, it never will be.
stop() {
	n=0
	until [ -s pid ] || [ $n -ge 50 ]; do
		if claim job; then
			[ ! -e part ] || (set +f && rm -f part writer.*)
			logs
			sums
			printf 'exit=143 %s end\n' "$sums" >./exit
			return
		fi
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
	living
	[ -z "$elsewhere" ] || ended || refuse elsewhere "the job runs on another machine that shares this home folder: $elsewhere" 75
	[ -n "$leader" ] || return 0
	if [ -n "$wrapper$runner" ] || group_lives "$leader"; then
		kill -s TERM -- "-$leader" 2>/dev/null
		if ! await_group "$leader" 50; then
			# the runner first, so that the wrapper can still write the end
			living && [ -n "$runner" ] && kill -s KILL "$runner"
			n=0
			until ended || [ $n -ge 20 ]; do
				n=$((n + 1))
				sleep 0.1
			done
			kill -s KILL -- "-$leader" 2>/dev/null
			await_group "$leader" 100 || refuse alive "cannot end process group $leader" 75
		fi
	fi
	if ! ended; then
		sums
		printf 'exit=137 %s end\n' "$sums" >./exit
		set +f
		remove bundle.*
		set -f
	fi
}

# True if nothing is in this folder but marks of owners, who found no job here.
unused() {
	set +f
	for other in *; do
		case $other in
		term.*) ;;
		*) set -f && return 1 ;;
		esac
	done
	set -f
}

# Prints one line about the job in this folder.
describe() {
	state=gone
	if ended; then
		state=ended
	elif living; then
		state=running
		[ -z "$waits" ] || state=waiting
	elif [ -n "$elsewhere" ]; then
		state=elsewhere
	elif ! [ -e job ] && [ "${1#gone.}" = "$1" ]; then
		state=starting
		! unused || return 0
	fi
	if [ $state != ended ]; then
		size=0 other=0
		[ -e output.log ] && size=$(wc -c <output.log)
		[ -e events.log ] && other=$(wc -c <events.log)
		end="exit=- output=$((size)):- events=$((other)):-"
	fi
	say "job $1 $state $end"
}

case $verb in
status | clean)
	# the folders to remove
	set --
	set +f
	for folder in "$run"/*/; do
		set -f
		cd "$folder" 2>/dev/null || continue
		folder=${folder%/}
		describe "${folder##*/}"
		case $verb$state in
		cleanrunning | cleanwaiting | cleanelsewhere | status*) ;;
		*) set -- "$@" "${folder##*/}" ;;
		esac
	done
	[ $# = 0 ] || { cd "$run" && remove "$@"; } 2>/dev/null
	set +f
	[ "$verb" = status ] || for sent in "$root"/files/*/"$guid"; do
		[ ! -e "$sent" ] || (cd "$root/files" && sent=${sent%/*} && remove "./${sent##*/}")
	done 2>/dev/null
	cd / && [ "$verb" = clean ] && rmdir "$run" "$root/files" 2>/dev/null
	say "end exit=0 output=0:0 events=0:0"
	exit 0
	;;
esac

batch=$6 output=$7 events=$8 most=$9
shift 9
term=$1 proof=$2
shift 2
job=$run/$batch

case $verb in
attach)
	if ! { enter && [ -e job ]; }; then
		say none
		exit 0
	fi
	attach
	;;
cancel)
	{ mkdir -p "$job" && enter; } || refuse folder "cannot create $job" 73
	stop
	attach
	;;
esac

# start
upload=$1 packed=$2 retain=$3 limit=$4 wanted=$5 path=$6
shift 6
uid=''
while read -r key _ uid _ && [ "$key" != Uid: ]; do :; done 2>/dev/null </proc/self/status
[ -n "$uid" ] || uid=$(id -u)
[ "$uid" != 0 ] || refuse root "the login is root (uid 0): jet-fanout never works as root on a worker" 77

if enter && [ -e job ]; then
	attach
fi

for tool in setsid tar gzip tail cksum dd ${limit:+flock} ${barriers:+mkfifo head} ${payload:+head sha256sum}; do
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

# Removes everything that a failed start has made.
undo() {
	cd "$job" && remove "bundle.$upload" ${writer:+"$writer"}
	cd "$run" && rmdir "$job" "$run"
} 2>/dev/null

# Another connection was faster: goes over to its job.
join() {
	cd "$job" 2>/dev/null && remove "bundle.$upload" ${writer:+"$writer"}
	attach
}

abandon() {
	undo
	full && refuse space "no space left in $root" 73
	refuse "$1" "$2" "$3"
}

agent='' writer='' doing=''
if [ -S "${SSH_AUTH_SOCK-}" ]; then
	agent=$job/agent
	[ ${#agent} -lt 108 ] || [ -d /proc/self/cwd ] ||
		refuse folder "the path $agent is too long for the agent socket: the login needs a shorter home folder" 73
elif [ -n "$wanted" ]; then
	refuse agent "the worker's sshd does not forward the agent, which the job needs: set AllowAgentForwarding yes for this login, or agent: none in workers.yml" 69
fi
sweep=$retain
set +f
for other in "$run"/*/job "$run"/*/bundle.*; do
	[ ! -e "$other" ] || sweep=''
done
set -f
# tried twice: an older connection that broke may just be removing the same folders
mkdir -p "$job/bundle.$upload" 2>/dev/null || mkdir -p "$job/bundle.$upload" 2>/dev/null
if ! cd "$job/bundle.$upload" 2>/dev/null; then
	full && refuse space "no space left in $root" 73
	refuse folder "cannot create $job" 73
fi
if [ -n "$limit" ] && ! why=$({ flock -n 9; } 2>&1 9>>lock); then
	undo
	refuse locks "max_jobs needs file locks, and $root does not support them: ${why:-flock fails}" 73
fi
unpack() {
	case $packed in
	gzip) gzip -dc 2>.unpack | tar -xf - 2>>.unpack ;;
	*) tar -xf - 2>.unpack ;;
	esac
}
[ -z "$payload" ] || offer
if [ -z "$barriers$payload" ]; then
	unpack
else
	# to its last byte: more comes behind it
	bundle | { unpack; cat >/dev/null; }
fi
if ! [ -e complete ] || ! [ -e run ]; then
	why=''
	{ read -r why <.unpack; } 2>/dev/null
	abandon unpack "the bundle arrived incomplete${why:+: $why}" 74
fi
if [ -n "$barriers" ] && ! pipes 2>.unpack; then
	why=''
	read -r why <.unpack
	abandon pipes "order: plays needs named pipes, and $root does not support them: $why" 73
fi

if [ -n "$payload" ]; then
	take
	{ [ ! -d "$store" ] || printf '' >"$store/$guid"; } 2>/dev/null
fi

cd ..
claim job
claimed=$?
# who waits to bring the file finds the job now
[ -z "$writer" ] || (set +f && rm -f writer.*)
if [ $claimed != 0 ]; then
	[ -e job ] || abandon folder "cannot write to $job" 73
	join
fi
if outranked; then
	# who has the higher term was told that this job was not started, or will be
	remove job "bundle.$upload"
	give_way
fi
# the relay makes the link `agent`, and tells this process when to look, unless an earlier version of jet-fanout has packed
# the bundle
{ read -r first <"bundle.$upload/run"; } 2>/dev/null
timed='' alone=''
if [ -n "$agent" ]; then
	case $first in
	links=*) ;;
	*) ln -sf "$SSH_AUTH_SOCK" agent ;;
	esac
	if command -v perl >/dev/null; then
		# a job that waits between plays is no short one
		[ "$first" != links=2 ] || [ -n "$barriers" ] || timed=1
	else
		command -v python3 >/dev/null || [ -x /usr/libexec/platform-python ] || alone=' alone'
	fi
fi
logs
# the relay and the wrapper send this, the wrapper when it has written the end; it harms nobody who does not expect it
called=''
trap 'woken=1 struck=1 called=1' URG
setsid sh "bundle.$upload/run" "$job" "$upload" "$sweep" "$agent" $$ </dev/null >>output.log 2>&1 &
if [ -n "$limit" ]; then
	appear
	queued
fi
wrapper=$!
say "started$alone"
replace
child=$wrapper
follow
