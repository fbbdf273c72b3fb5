# Starts salt-ssh with everything that it writes in this folder, which goes with the job. States are in states/.
printf 'root_dir: "%s/var"\nlog_file: "%s/var/log"\nssh_log_file: "%s/var/ssh-log"\nfile_roots: { base: [ "%s/states" ] }\n' \
	"$PWD" "$PWD" "$PWD" "$PWD" >master
mkdir -p var states
exec salt-ssh --config-dir="$PWD" "$@"
