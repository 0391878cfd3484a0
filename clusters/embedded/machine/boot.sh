#!/bin/sh
# First process of a machine: runs in its cgroups and in new mount, pid, uts, ipc, net and cgroup namespaces, makes the machine's file system,
# waits for its network links, and becomes the machine's init. Nothing here is seen outside these namespaces.
# usage: boot.sh <directory of the machine> <name> <lower layers, colon separated>
set -eu
dir=$1 name=$2 lower=$3
root=$dir/root

echo "$name" > /proc/sys/kernel/hostname
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$root"
# kubelet asks which device holds its directory, and containerd's snapshots are overlays themselves: /var must lie on a real disk.
mount --bind "$dir/var" "$root/var"


mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755,size=256m tmpfs "$root/run"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/net"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mknod -m 666 "$root/dev/tty" c 5 0
mknod -m 666 "$root/dev/net/tun" c 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/dev/shm"
# kubelet reads the kernel's log for out-of-memory kills and does not start without it.
if [ -e /dev/kmsg ]; then touch "$root/dev/kmsg" && mount --bind /dev/kmsg "$root/dev/kmsg"; fi

if [ ! -s "$dir/hierarchies" ]; then
	mount -t cgroup2 cgroup "$root/sys/fs/cgroup"
	# A group with processes of its own cannot pass controllers on: the machine's processes get a group beside the pods'.
	mkdir "$root/sys/fs/cgroup/machine"
	echo 0 > "$root/sys/fs/cgroup/machine/cgroup.procs"
	for controller in $(cat "$root/sys/fs/cgroup/cgroup.controllers"); do echo "+$controller" > "$root/sys/fs/cgroup/cgroup.subtree_control"; done
else
	mount -t tmpfs -o mode=755,size=1m tmpfs "$root/sys/fs/cgroup"
	while read -r options; do
		[ -n "$options" ] || continue
		place=$root/sys/fs/cgroup/${options#name=}
		mkdir -p "$place"
		case $options in name=*) options=none,$options ;; esac
		mount -t cgroup -o "$options" cgroup "$place"
	done < "$dir/hierarchies"
fi

# kubelet writes these settings of the whole host: it finds the values that it wants already there, in files of the machine's own.
mkdir "$root/run/sysctl"
while read -r key value; do
	[ -e "$root/proc/sys/$key" ] || continue
	file=$root/run/sysctl/$(echo "$key" | tr / .)
	echo "$value" > "$file"
	mount --bind "$file" "$root/proc/sys/$key"
done <<END
kernel/keys/root_maxbytes 25000000
kernel/keys/root_maxkeys 1000000
kernel/panic 10
kernel/panic_on_oops 1
vm/overcommit_memory 1
vm/panic_on_oom 0
END

cd "$root"
mkdir -p run/old
pivot_root . run/old
umount -l /run/old
rmdir /run/old
mount --make-rshared /
cd /

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# Links come within the second, or the machine is slow, and each look takes its time from those who make them.
tries=0
for link in $(cat /etc/machine/links); do
	until [ -e "/sys/class/net/$link" ]; do
		tries=$((tries + 1))
		if [ $tries -lt 50 ]; then sleep 0.02; else sleep 0.5; fi
	done
done
while read -r key value; do [ ! -e "/proc/sys/$key" ] || echo "$value" > "/proc/sys/$key"; done < /etc/machine/sysctl
ip -batch /etc/machine/network
[ ! -s /etc/machine/nft ] || nft -f /etc/machine/nft
exec tini -s -- runsvdir -P /etc/machine/services
