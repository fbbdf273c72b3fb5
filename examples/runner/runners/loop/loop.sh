# loop.sh THREADS HOSTS SSH-OPTION… -- COMMAND…
# Runs a command on each host of a file, so many at a time. What a host says begins with its name and a colon.
threads=$1 hosts=$2 options=''
shift 2
while [ "$1" != -- ]; do
	options="$options $1"
	shift
done
shift
if [ $# = 0 ]; then
	echo "no command: give it after --"
	exit 64
fi
command=$*

# Each line with the name $1 before it.
named() {
	while IFS= read -r line || [ -n "$line" ]; do
		printf '%s: %s\n' "$1" "$line"
	done
}

# NAME ADDRESS PORT USER
on_host() {
	{
		# shellcheck disable=SC2086 # the options are several words
		code=$({ { ssh -n $options -p "$3" -l "$4" -- "$2" "$command" 2>&1; echo $? >&3; } | named "$1" >&4; } 3>&1)
	} 4>&1
	echo "== $1 exit $code"
}

running=0
while read -r name address port user; do
	on_host "$name" "$address" "$port" "$user" &
	running=$((running + 1))
	if [ $running -ge "$threads" ]; then
		wait
		running=0
	fi
done <"$hosts"
wait
