# Functions that all scripts on the worker use. JobScript, JobFiles and CheckScript put them before each script.

# Sets $start to the start time of process $1 and $group to its process group. False if it is gone or a zombie.
stat_of() {
	start='' group=''
	if ! [ -r /proc/self/stat ]; then
		kill -s 0 "$1" 2>/dev/null
		return
	fi
	{ read -r stat </proc/"$1"/stat; } 2>/dev/null || return 1
	# the name of the program stands in parentheses and may have any characters
	# shellcheck disable=SC2086
	set -- ${stat##*) }
	start=${20} group=$3
	case $1 in Z | X) return 1 ;; esac
}

# Runs a program with a deadline of $1 seconds.
limited() {
	if command -v timeout >/dev/null; then
		timeout "$@"
	else
		shift
		"$@"
	fi
}

# Removes folders that are in the current one, even if a process still makes files in them: then they are moved to
# gone.PID, where that process does not find them. If its own current folder is in there and it makes files without
# end, a later sweep removes them: a job must end, cancelling it must take less than a minute, and cleaning half of one.
remove() {
	limited 10 rm -rf "$@" && return
	mkdir -p gone.$$ && mv "$@" gone.$$
	limited 10 rm -rf gone.$$
}

# Sets $place and $machine. $place names this boot of this machine or container: process ids are valid only within
# it. $machine names this machine: it stays the same after a boot, and no other machine has it.
here() {
	place=- machine=- name='' id=''
	{ read -r place </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
	stat_of 1 || :
	place=$place.$start
	{ read -r name </proc/sys/kernel/hostname; } 2>/dev/null || name=$(uname -n)
	{ read -r id </etc/machine-id; } 2>/dev/null || :
	machine=$name/$id
}

# File $1 belongs to a job that began in another place. True if it was written a minute or more after this machine
# booted. Then no reboot of this machine ended the job: it runs on a clone, which has the same name and id.
after_boot() {
	booted=''
	while read -r key booted; do
		[ "$key" != btime ] || break
	done </proc/stat
	first=${place##*.}
	wrote=$(stat -c %Y "$1")
	[ "${wrote:-0}" -gt $((${booted:-0} + ${first:-0} / 100 + 60)) ] && [ "${booted:-0}" -gt 0 ]
} 2>/dev/null
