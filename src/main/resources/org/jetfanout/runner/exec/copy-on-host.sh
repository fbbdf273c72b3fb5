# Puts one file on a host. The file comes by stdin once this script has asked for it. The words behind it:
#
#   MARK TARGET NAME SIZE SHA256 MODE OWNER GROUP CRC HOST
#
# A TARGET that ends in / is a folder, in which the file is called NAME. MODE: octal digits; with a - before them only
# for a file that is new. OWNER and GROUP may be empty. HOST: its name for the run. Each answer is one line that
# begins with the MARK:
#
#   send N       the file is wanted from byte N on: so much of it is here already
#   ok           the file is there, as it is to be
#   changed      it was put there, or got its mode and owner
#   damaged      what arrived is not the file
#   failed WHY
#
# What has arrived is in a hidden file beside the target until it is whole. A connection that breaks leaves it there,
# and the next one goes on behind it. The rules of begin.sh hold for this text.
mark=$1; target=$2; name=$3; size=$4; sha256=$5; mode=$6; owner=$7; group=$8; crc=$9;
shift 9; host=$1;
LC_ALL=C; export LC_ALL;
set -f;
umask 077;
say() { printf "%s" "$mark $*" | tr "[:cntrl:]" " "; echo; };
fail() { say failed "$*"; exit 1; };
# Sets $length, $links, $user and $circle of file $1.
look() {
set -- $(ls -ldn -- "$1" 2>/dev/null);
links=${2:-0}; user=${3:-}; circle=${4:-}; length=${5:-0};
};
# Whether file $1 has the content.
same() {
if command -v sha256sum >/dev/null; then sum=$(sha256sum <"$1");
elif command -v shasum >/dev/null; then sum=$(shasum -a 256 <"$1");
elif command -v sha256 >/dev/null; then sum=$(sha256 -q <"$1");
elif command -v openssl >/dev/null; then sum=$(openssl dgst -r -sha256 <"$1");
else return 1; fi 2>/dev/null;
[ "${sum%%[ *]*}" = "$sha256" ];
};
# Whether file $1 has mode, owner and group.
dressed() { [ -n "$(find "$1" -prune -type f -perm "$mode" ${owner:+-user "$owner"} ${group:+-group "$group"} 2>/dev/null)" ]; };
# Gives them to it. In this order, because another owner takes away special modes.
dress() {
[ -z "$owner$group" ] || why=$(chown -- "$owner${group:+:$group}" "$1" 2>&1) || return 1;
why=$(chmod -- "$mode" "$1" 2>&1);
};
case $target in /*) ;; *) target=./$target ;; esac;
case $target in
*/)
folder=$target;
if [ ! -d "$folder" ]; then
while case $target in */) ;; *) false ;; esac; do target=${target%/}; done;
[ ! -e "$target" ] || fail "$target is no folder: leave out the / behind it to replace it";
fail "there is no folder $target";
fi;
target=$target$name;
;;
*)
folder=${target%/*}/;
[ -d "$folder" ] || fail "there is no folder $folder";
;;
esac;
[ ! -d "$target" ] || fail "$target is a folder: write $target/ to copy the file into it";
new=${mode#-};
kept="";
if [ -L "$target" ] || [ ! -e "$target" ]; then
mode=$new;
else
[ -f "$target" ] || fail "$target is no plain file";
look "$target";
[ "$mode" = "$new" ] || mode=$(stat -c %a -- "$target" 2>/dev/null || stat -f %Mp%Lp "$target" 2>/dev/null) || mode=$new;
if [ "$length" = "$size" ] && same "$target"; then
if dressed "$target"; then say ok; exit 0; fi;
dress "$target" || fail "$why";
say changed; exit 0;
fi;
# as a file that is written anew, it keeps its owner
kept=$user:$circle;
fi;
[ -w "$folder" ] || fail "no permission to write in $folder";
# two names may lead to one machine
part=$folder.jet-fanout.${sha256%"${sha256#????????????????}"}.$host;
have=0;
# what is not ours is not used: somebody else may have put it there
if [ -n "$(find "$part" -prune -type f -links 1 -user "$(id -u)" -perm 0600 2>/dev/null)" ]; then
look "$part"; have=$length;
if [ "$have" -gt "$size" ]; then : >"$part"; have=0; fi;
else
rm -rf -- "$part" 2>/dev/null;
set -C;
{ : >"$part"; } 2>/dev/null || fail "cannot write in $folder";
set +C;
fi;
quit() { rm -f -- "$part"; fail "$@"; };
set -- $(df -Pk -- "$folder" 2>/dev/null);
shift $(($# > 6 ? $# - 6 : 0));
need=$(((size - have + 1023) / 1024));
if [ "${2:-0}" -gt 0 ] && [ "${4:-0}" -lt $need ]; then
quit "no space left in $folder: the file needs $need KiB, and $4 KiB are free";
fi 2>/dev/null;
say send "$have";
why=$(cat 2>&1 >>"$part") || quit "cannot write in $folder: ${why#cat: }";
look "$part";
# the connection broke: the next one brings the rest
[ "$length" -ge "$size" ] || exit 1;
if command -v cksum >/dev/null; then sum=$(cksum <"$part"); [ "${sum%% *}" = "$crc" ];
else same "$part"; fi || { rm -f -- "$part"; say damaged; exit 1; };
[ -z "$kept" ] || [ -n "$owner$group" ] || chown -- "$kept" "$part" 2>/dev/null;
dress "$part" || quit "$why";
# a folder that came there meanwhile must not swallow it
if mv -fT -- "$part" "$target" 2>/dev/null; then :;
elif [ -d "$target" ]; then quit "$target is a folder now";
else why=$(mv -f -- "$part" "$target" 2>&1) || quit "$why"; fi;
say changed
