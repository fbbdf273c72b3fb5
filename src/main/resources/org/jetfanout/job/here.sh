# What the scripts on the worker have in common; JobScript, JobFiles and CheckScript put it before each.

# Start time of process $1 into $start, its process group into $group; false where it is gone or a zombie.
stat_of() {
	start='' group=''
	if ! [ -r /proc/self/stat ]; then
		kill -s 0 "$1" 2>/dev/null
		return
	fi
	{ read -r stat </proc/"$1"/stat; } 2>/dev/null || return 1
	# the name in parentheses may hold anything
	# shellcheck disable=SC2086
	set -- ${stat##*) }
	start=${20} group=$3
	case $1 in Z | X) return 1 ;; esac
}

# A program with a deadline of $1 seconds.
limited() {
	if command -v timeout >/dev/null; then
		timeout "$@"
	else
		shift
		"$@"
	fi
}

# Removes folders of this one, also while others still make files in them: where they have been moved, nobody
# finds them. Who makes files for ever where he stands may keep them, until a later sweep: a job must end, and be
# cancelled within a minute; who cleans waits for half of one.
remove() {
	limited 10 rm -rf "$@" && return
	mkdir -p gone.$$ && mv "$@" gone.$$
	limited 10 rm -rf gone.$$
}

# Where this runs. $place: this boot of this machine or container; process ids mean something only
# within it. $machine: what stays when it boots again, and is another's on each machine.
here() {
	place=- machine=- name='' id=''
	{ read -r place </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
	stat_of 1 || :
	place=$place.$start
	{ read -r name </proc/sys/kernel/hostname; } 2>/dev/null || name=$(uname -n)
	{ read -r id </etc/machine-id; } 2>/dev/null || :
	machine=$name/$id
}

# Whether file $1, of a job that did not begin in $place, was written a minute or more after that began:
# then no reboot of this machine ended the job, though name and id are the same (machines are cloned).
after_boot() {
	booted=''
	while read -r key booted; do
		[ "$key" != btime ] || break
	done </proc/stat
	first=${place##*.}
	wrote=$(stat -c %Y "$1")
	[ "${wrote:-0}" -gt $((${booted:-0} + ${first:-0} / 100 + 60)) ] && [ "${booted:-0}" -gt 0 ]
} 2>/dev/null
