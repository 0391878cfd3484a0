#!/bin/sh
# Keeps a machine that is a kernel of its own: runs in its cgroup, in the switch's network namespace and in new mount, pid, uts and ipc namespaces,
# puts the machine's file system together and becomes the kernel (user-mode Linux). Nothing here is seen outside these namespaces, and all of it ends with them.
# usage: boot.sh <directory of the machine> <lower layers, colon separated> <directory of the kernel> <disk image> <memory in MiB> <tap> <tap of the management link> [<argument of the kernel>...]
set -eu
dir=$1 lower=$2 kernel=$3 disk=$4 memory=$5 tap=$6 management=$7
shift 7

mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
# The kernel may be of a newer Debian than the host: its libc comes along, so it runs in a root of its own.
mount -t proc proc "$kernel/proc"
mount -t tmpfs -o mode=755,size=1m tmpfs "$kernel/dev"
mkdir -p "$kernel/dev/net"
device() { mknod -m 666 "$kernel/dev/$1" c "$2" "$3"; }
device null 1 3
device zero 1 5
device random 1 8
device urandom 1 9
device net/tun 10 200
# The machine's memory is a file: not in /dev/shm, of which a container may have only 64 MB.
mount -t tmpfs -o mode=700,size=$((memory + 64))m tmpfs "$kernel/tmp"
mount --bind "$dir/root" "$kernel/node"
mkdir -p "$dir/machine"
mount --bind "$dir/machine" "$kernel/machine"
mount --bind "$(dirname "$disk")" "$kernel/disk"

# hostfs= keeps the machine's root user from naming other directories of this host. Without gro=1 the driver drops what comes as one large frame.
exec env -i TMPDIR=/tmp "PATH=$PATH" chroot "$kernel" /usr/bin/linux.uml "$@" \
	"mem=${memory}M" root=/dev/root rootfstype=hostfs hostfs=/node rootflags=/ rw init=/etc/machine/init \
	"ubd0=/machine/var.cow,/disk/$(basename "$disk")" \
	"vec0:transport=tap,ifname=$tap,depth=64,gro=1" "vec1:transport=tap,ifname=$management,depth=64,gro=1" \
	con=null con0=null,fd:1 ssl=null umid=machine uml_dir=/machine/uml quiet
