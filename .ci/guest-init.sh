#!/bin/busybox sh
# The guest's first process once its root is there: mounts what systemd mounts on Debian 12, runs the command as a login session would, powers off.
busybox mount -t tmpfs -o mode=755 tmpfs /run
busybox mkdir -p /dev/pts /dev/shm
busybox mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
busybox mount -t tmpfs -o mode=1777 tmpfs /dev/shm
busybox mount -t 9p -o trans=virtio,version=9p2000.L,cache=none,msize=262144 out /out
mount --make-rshared /
# As systemd 252 does it: one hierarchy; the root passes on few controllers; no process in a group that passes any on.
cd /sys/fs/cgroup 2>/dev/null && mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
cd /sys/fs/cgroup
mkdir -p init.scope system.slice user.slice/session.scope
echo 1 > init.scope/cgroup.procs
echo '+memory +pids' > cgroup.subtree_control
echo '+memory +pids' > user.slice/cgroup.subtree_control
cd /
hostname guest
ip link set lo up
{
	(echo 0 > /sys/fs/cgroup/user.slice/session.scope/cgroup.procs; exec bash /guest/command)
	echo $? > /run/exit-code
} 2>&1 < /dev/null | { stty -F /dev/ttyS1 raw; cat > /dev/ttyS1; }
# The line may still be sending.
stty -F /dev/ttyS1 raw drain 2>/dev/null
echo > /dev/ttyS0
echo "guest-exit-code: $(cat /run/exit-code)" > /dev/ttyS0
sync
busybox poweroff -f
