# Runs the command line $1 in the login shell. Its stdin is empty. Ours is the connection: when it ends, the command is
# ended, TERM first. Its stderr goes the same way as its stdout, so that the lines keep their order.
# (A subshell, because shells would say there that the command was killed.)
exec 3<&0 </dev/null 2>/dev/null;
case $SHELL in ""|*/nologin|*/false) SHELL=/bin/sh;; esac;
watch() {
exec >/dev/null 2>&1 <&3 3<&-;
while read -r line; do :; done;
trap "" TERM HUP;
kill -s TERM -- "$1"; sleep 5; kill -s KILL -- "$1";
};
if [ -n "$leader" ]; then
watch 0 & watcher=$! ;
(exec "$SHELL" -c "$1" 2>&1 3<&-); code=$?;
else
(exec "$SHELL" -c "$1" 2>&1 3<&-) & child=$! ;
watch "$child" & watcher=$! ;
wait "$child"; code=$?;
fi;
kill "$watcher" 2>/dev/null;
exit $code
