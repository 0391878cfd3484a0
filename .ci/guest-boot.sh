#!/bin/busybox sh
# First process of the guest that .ci/guest boots, in its initramfs: finds the disks and makes the root file system.
# The root is an overlay: the host's files (read-only, 9p), over them the kernel's modules, over them what the guest writes.
set -e
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 host /lower
mount -t ext4 /dev/vda /disk
# What an earlier guest left; the parts it made are kept.
rm -rf /disk/upper /disk/work /disk/cache/vipcheck/clusters
mkdir /disk/upper /disk/work
mount -t overlay overlay -o lowerdir=/disk/system:/lower,upperdir=/disk/upper,workdir=/disk/work /root
mkdir -p /root/guest /root/out
for path in proc sys dev; do mount --move /$path /root/$path; done
mount --move /disk /root/guest
cp /command /environment /guest-init /root/guest/
exec switch_root /root /bin/bash /guest/guest-init
