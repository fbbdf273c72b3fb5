# Starts a runner that a description of the user's describes, and its filter. POSIX sh.
#
#   described.sh MARK COUNT FILTER… PROGRAM…
#
# MARK in a word stands for the folder of the bundle, which is the current one; so it does in the variables that
# $JET_FANOUT_EXPAND names. MARK-- stands for --, behind which the job would look for a program. COUNT: so many words are
# the filter's; 0: there is none. Both start in the copy of the runner's folder. The filter reads what the runner writes
# from the job's own log, so that it can neither hold up the runner nor lose anything. It writes events to $JET_LOG.
set -f
mark=$1 count=$2 folder=$PWD
shift 2

# $1 with the folder for each mark, into $whole.
expand() {
	rest=$1 whole=''
	[ "$rest" != "$mark--" ] || rest=--
	while :; do
		case $rest in
		*"$mark"*)
			whole=$whole${rest%%"$mark"*}$folder
			rest=${rest#*"$mark"}
			;;
		*) break ;;
		esac
	done
	whole=$whole$rest
}

for name in ${JET_FANOUT_EXPAND-}; do
	eval "expand \"\$$name\""
	export "$name=$whole"
done
unset JET_FANOUT_EXPAND
left=$#
while [ $left -gt 0 ]; do
	expand "$1"
	shift
	set -- "$@" "$whole"
	left=$((left - 1))
done
cd runner || exit 1
[ "$count" != 0 ] || exec "$@"

output=${JET_LOG%/*}/output.log
size() {
	echo $(($(wc -c <"$1")))
}

# Executes the first $count of its words, and notes its process.
first() {
	all=$# n=0
	while [ $n -lt "$all" ]; do
		n=$((n + 1)) word=$1
		shift
		[ $n -gt "$count" ] || set -- "$@" "$word"
	done
	# shellcheck disable=SC2016
	exec sh -c 'echo $$ >"$0"; exec "$@"' "$folder/.filter" "$@"
}

# Writes the log from byte $1 on, up to its end when the runner has ended. In pieces: then somebody sees that it goes on.
feed() {
	at=$1 pause=0.1
	while :; do
		last=''
		[ ! -e "$folder/.ended" ] || last=1
		new=$(($(size "$output") - at))
		if [ $new -gt 0 ]; then
			[ $new -le 1048576 ] || new=1048576
			tail -c +$((at + 1)) "$output" | head -c $new || return
			at=$((at + new)) pause=0.1
			echo $at >"$folder/.fed"
		elif [ -n "$last" ]; then
			echo all >"$folder/.fed"
			return
		else
			sleep $pause 2>/dev/null || sleep 1
			[ $pause = 1 ] || pause=0.5
		fi
	done
}

from=$(size "$output")
(
	shift "$count"
	exec "$@"
) &
runner=$!
(
	trap : TERM HUP INT
	feed "$from" | {
		(first "$@")
		echo $? >"$folder/.filtered"
	} 2>&1 >>"$JET_LOG" | tail -c 500 >"$folder/.said"
) >/dev/null 2>&1 &
feeder=$!
# the shell's "Terminated" does not belong to the runner's output
exec 2>/dev/null

told=''
trap 'told=1' TERM HUP INT
wait $runner
code=$?
while [ -n "$told" ]; do
	told=''
	wait $runner
	again=$?
	[ $again = 127 ] || code=$again
done
: >"$folder/.ended"

# It may take its time as long as it reads on, and one minute after it has read all (tests have less patience).
quiet=0 before='' patience=${JET_FANOUT_PATIENCE:-600}
while [ ! -s "$folder/.filtered" ] && [ $quiet -lt "$patience" ]; do
	sleep 0.1 || { sleep 1 && quiet=$((quiet + 9)); }
	quiet=$((quiet + 1)) fed=''
	read -r fed <"$folder/.fed"
	[ "$fed" = "$before" ] || quiet=0
	before=$fed
done
status='' fed='' said=''
read -r status <"$folder/.filtered"
read -r fed <"$folder/.fed"
if [ -z "$status" ]; then
	read -r filter <"$folder/.filter"
	kill -s KILL "$filter" $feeder
fi
if [ "$status" = 0 ] && [ "$fed" = all ]; then
	exit $code
fi
sleep 0.2 || sleep 1
# what it said last, without what JSON would need to escape
[ -z "$status" ] || said=$(tail -n 1 "$folder/.said" | tr -cd ' !#-[]-~')
case $status:$fed in
:all) why='the filter of the output did not end within a minute after the runner' ;;
:*) why='the filter of the output did not read on for a minute' ;;
0:*) why='the filter of the output ended before it had read all' ;;
*) why="the filter of the output ended with exit code $status" ;;
esac
printf '\n{"event":"filter_failed","reason":"%s"}\n' "$why${said:+: $said}" >>"$JET_LOG"
exit $code
