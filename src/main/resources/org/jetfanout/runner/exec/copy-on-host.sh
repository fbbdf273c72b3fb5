# Puts one file on a host. POSIX sh with cksum; the rest of its programs every host has. The file comes by stdin
# once this script has asked for it:
#
#   copy MARK TARGET NAME SIZE SHA256 MODE OWNER GROUP CRC HOST
#
# A TARGET that ends in / is a folder, in which the file is called NAME. MODE: four octal digits; with a - before them
# only for a file that is new. OWNER and GROUP may be empty. HOST: its name
# for the run. Each answer is one line that begins with the MARK:
#
#   send N       the file is wanted from byte N on: so much of it is here already
#   ok           the file is there, as it is to be
#   changed      it was put there, or got its mode and owner
#   failed WHY
#
# What has arrived is in a hidden file beside the target until it is whole. A connection that breaks leaves it there,
# and the next one goes on behind it.
mark=$1 target=$2 name=$3 size=$4 sha256=$5 mode=$6 owner=$7 group=$8 crc=$9
shift 9
host=$1
LC_ALL=C
export LC_ALL
set -f
umask 077

say() {
	printf '%s %s\n' "$mark" "$*"
}

fail() {
	say failed "$(printf '%s' "$*" | tr '\n\r' '  ')"
	exit 1
}


# Sets $length to the size of file $1.
length() {
	# shellcheck disable=SC2012
	set -- "$(ls -ldn "$1" 2>/dev/null)"
	# shellcheck disable=SC2086
	set -- $1
	length=${5:-0} links=${2:-0} user=${3:-} circle=${4:-}
}

# Whether file $1 has the content.
same() {
	if command -v sha256sum >/dev/null; then
		sum=$(sha256sum <"$1")
	elif command -v shasum >/dev/null; then
		sum=$(shasum -a 256 <"$1")
	elif command -v openssl >/dev/null; then
		sum=$(openssl dgst -r -sha256 <"$1")
	else
		return 1
	fi 2>/dev/null
	[ "${sum%%[ *]*}" = "$sha256" ]
}

# Whether file $1 has mode, owner and group.
as_wanted() {
	[ -n "$(find "$1" -prune -type f -perm "$mode" ${owner:+-user "$owner"} ${group:+-group "$group"})" ]
} 2>/dev/null

# Gives file $1 its owner, group and mode. In this order: a change of the owner may change the mode.
dress() {
	[ -z "$owner$group" ] || why=$(chown -- "$owner${group:+:$group}" "$1" 2>&1) || return 1
	why=$(chmod -- "$mode" "$1" 2>&1)
}

case $target in
/*) ;;
*) target=./$target ;;
esac
case $target in
*/)
	folder=$target
	[ -d "$folder" ] || {
		[ ! -e "${folder%/}" ] || fail "${target%/} is not a folder"
		fail "there is no folder $target"
	}
	target=$target$name
	;;
*)
	folder=${target%/*}/
	[ -d "$folder" ] || fail "there is no folder $folder"
	;;
esac
[ ! -d "$target" ] || fail "$target is a folder: write $target/ to copy the file into it"
new=${mode#-}
if [ -L "$target" ]; then
	mode=$new
elif [ -e "$target" ]; then
	[ -f "$target" ] || fail "$target is not a plain file"
	length "$target"
	if [ "$mode" != "$new" ]; then
		mode=$(stat -c %04a "$target" 2>/dev/null || stat -f %Mp%Lp "$target" 2>/dev/null) || mode=$new
	fi
	if [ "$length" = "$size" ] && same "$target"; then
		as_wanted "$target" || {
			dress "$target" || fail "$why"
			as_wanted "$target" || fail "$target does not get its mode and owner"
			say changed
			exit 0
		}
		say ok
		exit 0
	fi
	# as where a file is written anew: it keeps its owner
	kept=$user:$circle
else
	mode=$new
fi
[ -w "$folder" ] || fail "no permission to write in $folder"

# two names may lead to one machine
part=$folder.jet-fanout.${sha256%"${sha256#????????????????}"}.$host
# nobody else must have put something there
if [ -n "$(find "$part" -prune -type f -links 1 -user "$(id -u)" -perm 0600 2>/dev/null)" ]; then
	length "$part"
	have=$length
else
	rm -rf -- "$part" 2>/dev/null
	set -C
	{ : >"$part"; } 2>/dev/null || fail "cannot write in $folder"
	set +C
	have=0
fi
if [ "$have" -gt "$size" ]; then
	: >"$part"
	have=0
fi
# shellcheck disable=SC2046
set -- $(df -Pk "$folder" 2>/dev/null)
shift $(($# > 6 ? $# - 6 : 0))
need=$(((size - have + 1023) / 1024))
if [ "${2:-0}" -gt 0 ] && [ "${4:-0}" -lt $need ]; then
	rm -f -- "$part"
	fail "no space left in $folder: the file needs $need KiB, and ${4:-0} KiB are free"
fi 2>/dev/null

say send "$have"
why=$(cat 2>&1 >>"$part") || {
	rm -f -- "$part"
	fail "cannot write in $folder: ${why#cat: }"
}
length "$part"
# the connection broke: the next one brings the rest
[ "$length" -ge "$size" ] || exit 1
if command -v cksum >/dev/null; then
	sum=$(cksum <"$part")
	[ "${sum%% *}" = "$crc" ]
else
	same "$part"
fi || {
	rm -f -- "$part"
	say damaged
	exit 1
}
[ -z "${kept-}" ] || [ -n "$owner$group" ] || chown -- "$kept" "$part" 2>/dev/null
if ! dress "$part"; then
	rm -f -- "$part"
	fail "$why"
fi
# a folder that came there meanwhile must not swallow it
if ! mv -fT -- "$part" "$target" 2>/dev/null; then
	[ ! -d "$target" ] && why=$(mv -f -- "$part" "$target" 2>&1) || {
		rm -f -- "$part"
		fail "cannot rename to $target: ${why:-a folder is there now}"
	}
fi
say changed
