import test from 'ava';
import {parseHierarchies} from './cgroup.ts';

const V1 = `31 24 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec - tmpfs tmpfs ro,size=4096k,nr_inodes=1024,mode=755
32 31 0:28 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup2 rw,nsdelegate
33 31 0:29 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime - cgroup cgroup rw,xattr,name=systemd
36 31 0:32 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime - cgroup cgroup rw,cpu,cpuacct
37 31 0:33 / /sys/fs/cgroup/cpuset rw,nosuid,nodev,noexec,relatime shared:9 - cgroup cgroup rw,cpuset,clone_children
`;
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n';

for (const {title, text, expected} of [
	{
		title: 'version 1: every hierarchy with the options to mount it again; the empty unified one is left out',
		text: V1,
		expected: [
			['/sys/fs/cgroup/systemd', 1, 'name=systemd'],
			['/sys/fs/cgroup/cpu,cpuacct', 1, 'cpu,cpuacct'],
			['/sys/fs/cgroup/cpuset', 1, 'cpuset'],
		],
	},
	{title: 'version 2: one', text: V2, expected: [['/sys/fs/cgroup', 2, '']]},
	{
		title: 'version 2, mounted again elsewhere: the first',
		text: `${V2}99 24 0:26 / /srv/jail/sys/fs/cgroup rw,relatime - cgroup2 cgroup rw,nsdelegate\n`,
		expected: [['/sys/fs/cgroup', 2, '']],
	},
	{title: 'no cgroups', text: '', expected: []},
] as const) {
	test(title, t => {
		t.deepEqual(
			parseHierarchies(text).map(({mountPoint, version, options}) => [mountPoint, version, options]),
			expected.map(row => [...row]) as never,
		);
	});
}
