/**
 * systemd and kubelet write these settings of the whole host: as in a machine of the embedded cluster they find the values that they want
 * already there, in files of the node's own. A program with its arguments follows.
 */
export const HOST_SETTINGS = `#!/bin/sh
set -e
mkdir -p /run/sysctl
while read -r key value; do
	[ -e "/proc/sys/$key" ] || continue
	file=/run/sysctl/$(echo "$key" | tr / .)
	echo "$value" > "$file"
	mount --bind "$file" "/proc/sys/$key"
done <<'END'
fs/file-max 9223372036854775807
kernel/keys/root_maxbytes 25000000
kernel/keys/root_maxkeys 1000000
kernel/panic 10
kernel/panic_on_oops 1
vm/overcommit_memory 1
vm/panic_on_oom 0
END
exec "$@"
`;
