# What each host gets runs in a session of its own, so that all of its processes can be ended together. sshd makes
# one; sudo may not. $1 is the text of another script, which then runs with the words behind it.
#
# These scripts reach the host as one word in single quotes, which every login shell must take: no single quotes, no
# backslashes, exclamation marks only before a blank. The lines are joined by blanks.
group="";
{ read -r p n s pp group rest </proc/$$/stat; } 2>/dev/null;
then=$1; shift;
leader="";
if [ "$group" = $$ ]; then leader=1;
elif command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c "leader=1; $then" sh "$@"; fi;
eval "$then"
