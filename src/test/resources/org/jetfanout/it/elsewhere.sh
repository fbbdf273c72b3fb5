#!/bin/sh
# Runs a command with another folder as the root of the system: elsewhere.sh ROOT USER COMMAND…, as root, in 'unshare --mount --pid'.
set -eu
root=$1 user=$2
shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mkdir "$root/run/sshd"
exec chroot "--userspec=$user" "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
