# The part of job.sh for a job that brings a file to its hosts: $payload is "SHA256 SIZE"; JobScript puts it before
# the rest. The script says how many bytes of the file are here ("has N"). Then stdin brings the line "bundle SIZE"
# and as many bytes, and the rest of the file to its end. The runner finds the whole file as `payload` in its folder.
#
#   files/SHA256/content    a whole file, for later jobs; beside it an empty file for each run that sent it
#   GUID/BATCH/part         what has arrived of it; the next connection goes on behind that
#   GUID/BATCH/writer       "PID START" of the connection that writes `part`
sha256=${payload% *} whole=${payload#* }
store=${HOME:?}/.jet-fanout/files/$sha256

# Passes on the next $1 bytes of stdin, and reads no more than these: not every head can do that.
exact() {
	if [ "$(printf ab | { head -c 1 >/dev/null && cat; })" = b ]; then
		head -c "$1"
	else
		dd bs=1 count="$1" 2>/dev/null
	fi
}

# What was sent, without the file.
bundle() {
	read -r _ size && exact "$size"
}

# Whether this is the file. Says now and then that it is still being read. A file shows the end of that, because a
# process that has ended may look alive.
verified() {
	: >.sum
	# a line comes in any case, also where the file is gone: another connection has just taken it
	{ sha256sum <"$1" || echo; } >.sum 2>/dev/null &
	doing=$!
	n=0
	until [ -s .sum ]; do
		n=$((n + 1))
		if [ $n -lt 40 ]; then
			sleep 0.05 || sleep 1
		else
			sleep 1
			[ $((n % 10)) != 0 ] || say verifying
		fi
	done
	wait $doing
	doing=''
	read -r sum _ <.sum
	[ "$sum" = "$sha256" ]
}

# Ends the connection that was writing the file: it may hang in a dead network. A newer one can end this one.
write_alone() {
	trap 'kill -s KILL $doing 2>/dev/null; undo; exit 1' TERM
	doing=''
	if outranked ..; then
		undo
		give_way
	fi
	if { read -r old began <../writer; } 2>/dev/null && [ "$old" != $$ ] && stat_of "$old" && [ "$start" = "$began" ]; then
		kill "$old" 2>/dev/null
		n=0
		while stat_of "$old" && [ "$start" = "$began" ] && [ $n -lt 50 ]; do
			n=$((n + 1))
			sleep 0.1 || sleep 1
		done
	fi
	stat_of $$
	{ printf '%s %s\n' $$ "$start" >../writer; } 2>/dev/null
}

# Sets $room to the free space for the file, in KiB.
free() {
	# shellcheck disable=SC2046
	set -- $(df -Pk "$root" 2>/dev/null)
	shift $(($# > 6 ? $# - 6 : 0))
	room=${4:-99999999999}
}

# Refuses if there is no space for the rest of the file. What later jobs might use goes first.
reserve() {
	need=$(((whole - have) / 1024 + 4096))
	free
	[ "$room" -lt "$need" ] 2>/dev/null || return 0
	(cd "$root/files" && set +f && remove ./*/) 2>/dev/null
	free
	[ "$room" -lt "$need" ] || return 0
	rm -f ../part ../writer
	undo
	refuse space "no space for the file in $root: it needs $need KiB more, and $room KiB are free" 73
}

# Says how much of the file is here.
offer() {
	if ln "$store/content" payload 2>/dev/null; then
		if verified payload; then
			touch "$store"
			have=$whole
			say "has $have"
			return
		fi
		rm -rf payload "$store"
	fi
	write_alone
	have=0
	[ ! -e ../part ] || have=$(($(wc -c <../part)))
	if [ "$have" -gt "$whole" ]; then
		rm -f ../part
		have=0
	fi
	reserve
	say "has $have"
}

# Another connection was faster, and has taken the file for its job. The next one finds that job.
late() {
	undo
	exit 1
}

# Takes the rest of the file.
take() {
	[ ! -e payload ] || return 0
	exec 7<&0
	cat <&7 >>../part 2>.unpack &
	rest
	exec 7<&-
	{ have=$(wc -c <../part); } 2>/dev/null
	[ -n "$have" ] || late
	if [ $((have)) -lt "$whole" ]; then
		rm -f ../writer
		# the connection broke: the next one brings the rest
		if ! [ -s .unpack ]; then
			undo
			exit 1
		fi
		read -r why <.unpack
		rm -f ../part
		abandon unpack "the file cannot be written: $why" 74
	fi
	if ! verified ../part; then
		[ -e ../part ] || late
		rm -f ../part ../writer
		abandon unpack 'the file arrived damaged' 74
	fi
	mv ../part payload 2>/dev/null || late
	rm -f ../writer
	trap - TERM
	# if this cannot be, later jobs get the file again
	{ mkdir -p "$store" && ln payload "$store/content"; } 2>/dev/null
}
