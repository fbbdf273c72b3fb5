# Runs the words behind $1 as the account $1, if sudo allows that without a password.
user=$1; shift;
if why=$(sudo -n -u "$user" -- /bin/sh -c : 2>&1 </dev/null); then exec sudo -n -u "$user" -- "$@"; fi;
printf "no right to run commands as %s: %s" "$user" "$why" | tr "[:cntrl:]" " ";
echo;
exit 1
