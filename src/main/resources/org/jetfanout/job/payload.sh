# The part of job.sh for a job that brings a file to its hosts: $payload is "SHA256 SIZE"; JobScript puts it before
# the rest. The script says how many bytes of the file are here ("has N"). Then stdin brings the line "bundle SIZE"
# and as many bytes, and the rest of the file to its end. The runner finds the whole file as `payload` in its folder.
#
#   files/SHA256/content    a whole file, for later jobs; beside it an empty file for each run that sent it
#   GUID/BATCH/part         what has arrived of it; the next connection goes on behind that
#   GUID/BATCH/writer.N     "PID START" of the connection that may write `part`, and a second line once it does; the
#                           highest N counts. One that ended by itself leaves none, one that was ended a lower N
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
	doing=1
	# a line comes in any case, also where the file is gone: another connection has just taken it
	{ sha256sum <"$1" || echo; } >.sum 2>/dev/null &
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
	wait $!
	doing=''
	read -r sum _ <.sum
	[ "$sum" = "$sha256" ]
}

# Returns when this connection alone may write the file, or goes over to the job if that has begun meanwhile. From then on
# a newer connection can end this one.
write_alone() {
	holder=0 n=0 size=0
	until seize; do
		[ ! -e ../job ] || join
		n=$((n + 1))
		sleep 0.1 || sleep 1
	done
	# whoever held it before has kept it until the job had begun
	[ ! -e ../job ] || join
	# $! and not a variable: this may come before what was just started is in one
	trap '[ -z "$doing" ] || kill -s KILL $! 2>/dev/null; undo; exit 1' TERM
	if outranked ..; then
		undo
		give_way
	fi
}

# Whether connection $old lives. One that has no number there yet gets two seconds for it.
holds() {
	if [ -n "$old" ]; then
		stat_of "$old" && [ "$start" = "$began" ]
	else
		[ $n -lt 20 ]
	fi
}

# Sets $writer to the mark of this connection, unless another one holds the file. That may hang in a dead network: if the
# file has not grown for two seconds, it is ended.
seize() {
	last=0 old='' began='' writes=''
	set +f
	for other in ../writer.*; do
		other=${other##*.}
		case $other in '' | 0* | *[!0-9]* | ??????????*) continue ;; esac
		[ "$other" -le "$last" ] || last=$other
	done
	set -f
	if [ $last != 0 ]; then
		{ { read -r old began && read -r writes; } <../writer."$last"; } 2>/dev/null
		grown=0
		[ ! -e ../part ] || grown=$(($(wc -c <../part)))
		[ $last = "$holder" ] && [ $grown = "$size" ] || n=0
		holder=$last size=$grown
		if holds; then
			[ $n != 20 ] || kill "$old" 2>/dev/null
			if [ $n -ge 70 ]; then
				# it waits for its bundle, or was stopped; what it has started may still write
				kill -s KILL "$old" 2>/dev/null
				[ -z "$writes" ] || rm -f ../part
			fi
			return 1
		fi
	fi
	stat_of $$
	next=writer.$((last + 1))
	claim "../$next" || [ ! -e "../$next" ] || return 1
	writer=$next
	{ printf '%s %s\n' $$ "$start" >"../$writer"; } 2>/dev/null
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
	rm -f ../part
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

# Takes the rest of the file.
take() {
	[ ! -e payload ] || return 0
	{ echo writes >>"../$writer"; } 2>/dev/null
	exec 7<&0
	doing=1
	cat <&7 >>../part 2>.unpack &
	rest
	doing=''
	exec 7<&-
	{ have=$(wc -c <../part); } 2>/dev/null
	[ -n "$have" ] || join
	if [ $((have)) -lt "$whole" ]; then
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
		[ -e ../part ] || join
		rm -f ../part
		abandon unpack 'the file arrived damaged' 74
	fi
	mv ../part payload 2>/dev/null || join
	# who still wants to end this connection will find the job
	trap : TERM
	# if this cannot be, later jobs get the file again
	{ mkdir -p "$store" && ln payload "$store/content"; } 2>/dev/null
}
