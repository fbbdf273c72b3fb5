# The part of exec.sh for `copy`: what happens for one host. The file is `payload` in the current folder, and comes from
# the control machine. $remote runs copy-on-host.sh; it lacks the last two words.
mark=jet-fanout fifos=1
crc=$(cksum <payload)
crc=${crc%% *}
command="$remote $crc"

# How often a connection may break.
tries=5

# The most that a host may say, in pieces of 4 KiB.
most=256

# Reads what the host says, and sends it the file once it asks for that. Writes the result to said.$slot.
converse() {
	exec 6>"$work/in.$slot"
	while IFS= read -r line; do
		case $line in
		"$mark send "*)
			from=${line#"$mark send "}
			case $from in '' | *[!0-9]*) break ;; esac
			if [ "$from" = 0 ]; then cat payload; else tail -c +$((from + 1)) payload; fi >&6 2>/dev/null &
			exec 6>&-
			;;
		"$mark "*)
			printf '%s\n' "${line#"$mark "}" >"$work/said.$slot"
			exec 6>&-
			;;
		*) printf '%s\n' "$line" | say_lines ;;
		esac
	done
}

# One login.
attempt() {
	: >"$work/log.$slot"
	: >"$work/said.$slot"
	start_ssh "$@"
	if [ -n "$limit" ]; then
		alarm 5>&- 7>&- 9>&- &
		alarm=$!
	fi
	dd bs=4096 count=$most <"$work/out.$slot" 5>&- 7>&- 9>&- | converse 5>&- 7>&- 9>&-
	wait "$ssh"
	code=$?
	if [ -n "$limit" ]; then
		kill "$alarm"
		wait "$alarm"
	fi
	said=''
	read -r said <"$work/said.$slot"
	trouble
} 2>/dev/null

on_host() {
	[ ! -e "$work/late.$slot" ] || rm -f "$work/late.$slot"
	name=$host
	# it becomes part of the name of a file
	[ ${#host} -lt 100 ] || name=$(printf %.100s "$host")
	input=$work/in.$slot remote="$command $name"
	n=0
	while :; do
		n=$((n + 1))
		attempt "$@"
		[ ! -e "$work/late.$slot" ] || break
		case $said in
		'' | damaged) [ $n -lt $tries ] && { [ "$said" ] || { [ $code = 255 ] && logged_in; }; } || break ;;
		*) break ;;
		esac
		sleep $n
	done
	case $said in
	ok | changed)
		outcome=$said code=0
		return
		;;
	'failed '*)
		outcome=failed code=1 reason=${said#failed }
		return
		;;
	damaged) outcome=failed code=1 reason="the file arrived damaged $n times" ;;
	esac
	if [ -e "$work/late.$slot" ]; then
		if logged_in; then
			outcome=failed reason="the file was not there within $limit s"
		else
			outcome=unreachable reason="no login within $limit s"
		fi
	elif [ $code = 255 ] && logged_in; then
		outcome=failed reason="the connection broke $n times: $trouble"
	elif [ $code = 255 ] && [ -n "$trouble" ]; then
		outcome=unreachable reason=$trouble
	fi
} 2>/dev/null
