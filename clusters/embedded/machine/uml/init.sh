#!/bin/sh
# First process of a machine that is a kernel of its own; its root is a directory of the host (hostfs), /var is its disk.
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=0666,mode=620 devpts /dev/pts
ln -sf pts/ptmx /dev/ptmx
ln -sfn /proc/self/fd /dev/fd
mount -t tmpfs -o mode=1777,size=64m tmpfs /dev/shm
mount -t ext4 -o noatime /dev/ubda /var
if [ -d /etc/machine/var ]; then cp -an /etc/machine/var/. /var/; fi
cat /etc/hostname > /proc/sys/kernel/hostname
# Its rings are mapped wrong here: `BUG: Bad page map … io_uring_mmap`, and some minutes later the kernel panics in another program's pages.
# Who would use them (Node does) does without.
[ ! -e /proc/sys/kernel/io_uring_disabled ] || echo 2 > /proc/sys/kernel/io_uring_disabled

mount -t cgroup2 cgroup /sys/fs/cgroup
# A group with processes of its own cannot pass controllers on.
mkdir /sys/fs/cgroup/machine
echo 0 > /sys/fs/cgroup/machine/cgroup.procs
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control; done
# kubelet does not start without a clock frequency, which this kernel does not tell.
{ cat /proc/cpuinfo; echo 'cpu MHz		: 1000.000'; } > /run/cpuinfo
mount --bind /run/cpuinfo /proc/cpuinfo
# Most load by themselves; these bring settings (bridge) or tables that are looked for first. A kernel that is one program has them all.
if [ -e /proc/modules ]; then
	modprobe -a overlay veth bridge br_netfilter iptable_nat iptable_filter iptable_mangle ip6table_nat ip6table_filter ip6table_mangle
else
	# modprobe says of what is part of the kernel that it is there, as on other kernels, where these lists name it: kube-proxy asks it for
	# ip_vs before it takes away what ipvs mode has left.
	lists=/lib/modules/$(uname -r)
	mkdir -p /lib/modules
	mount -t tmpfs -o mode=755,size=4m tmpfs /lib/modules
	mkdir "$lists"
	for module in /sys/module/*; do echo "kernel/${module##*/}.ko"; done > "$lists/modules.builtin"
	touch "$lists/modules.order" "$lists/modules.builtin.modinfo"
	depmod
fi

# Commands come in by a link in a namespace of its own, so that no rule, route or address of the machine has to do with it.
read -r address peer < /etc/machine/management
ip netns add management
ip link set vec1 netns management
ip -n management -batch - <<END
link set lo up
addr add $address/30 dev vec1
link set vec1 up
END
perl /etc/machine/agent.pl "$address" 7000 /run/netns/management &

read -r hardware < /etc/machine/hardware-address
printf '%s\n' 'link set vec0 name eth0' "link set eth0 address $hardware" | ip -batch -
while read -r key value; do [ ! -e "/proc/sys/$key" ] || echo "$value" > "/proc/sys/$key"; done < /etc/machine/sysctl
ip -batch /etc/machine/network
[ ! -s /etc/machine/nft ] || nft -f /etc/machine/nft
for tool in iptables ip6tables; do [ ! -s "/etc/machine/$tool" ] || "$tool-restore" < "/etc/machine/$tool"; done
mount --make-rshared /
exec tini -s -- runsvdir -P /etc/machine/services
