#!/bin/sh
# Runs a command in a root of its own, with /proc and the devices that any program expects. Run it in mount and pid namespaces that end with it.
# usage: in-root.sh <root> <command> [<argument>...]
set -eu
root=$1
shift
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
device() { mknod -m 666 "$root/dev/$1" c "$2" "$3"; }
device null 1 3
device zero 1 5
device random 1 8
device urandom 1 9
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LC_ALL=C "$@"
