import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {giveControllers, obstacles} from './controllers.ts';

const ALL = 'cpuset cpu io memory hugetlb pids rdma misc\n';

for (const {title, available, passedOn, isRoot, hasProcesses, expected} of [
	{
		title: 'Debian 12 as systemd leaves it: the root may be told more',
		available: ALL,
		passedOn: 'memory pids\n',
		isRoot: true,
		hasProcesses: true,
		expected: [],
	},
	{title: 'a container whose processes have moved', available: ALL, passedOn: '\n', isRoot: false, hasProcesses: false, expected: []},
	{
		title: 'a container that passes all on, entered by a process from outside',
		available: ALL,
		passedOn: 'cpu memory pids\n',
		isRoot: false,
		hasProcesses: true,
		expected: [],
	},
	{
		title: 'a container as it starts',
		available: ALL,
		passedOn: '',
		isRoot: false,
		hasProcesses: true,
		expected: [/^\/sys\/fs\/cgroup holds processes.*: mkdir \/sys\/fs\/cgroup\/init && /],
	},
	{
		title: 'a unit that has got two of three',
		available: 'memory pids\n',
		passedOn: '',
		isRoot: false,
		hasProcesses: true,
		expected: [/has no cgroup controller cpu: .*Delegate=yes/],
	},
	{
		title: 'a kernel without one',
		available: 'cpu pids\n',
		passedOn: 'pids\n',
		isRoot: true,
		hasProcesses: true,
		expected: [/has no cgroup controller memory: .*cgroup_disable/],
	},
	{
		title: 'nothing delegated',
		available: '\n',
		passedOn: '\n',
		isRoot: false,
		hasProcesses: false,
		expected: [/has no cgroup controller cpu, memory, pids: /],
	},
]) {
	test(title, t => {
		const found = obstacles({mountPoint: '/sys/fs/cgroup', available, passedOn, isRoot, hasProcesses});
		t.is(found.length, expected.length);
		for (const [index, pattern] of expected.entries()) t.regex(found[index] as string, pattern);
	});
}

for (const {title, top, cluster, expectedTop, expectedCluster} of [
	{
		title: 'what the host lacks is asked for, what it has is passed on too',
		top: 'memory pids\n',
		cluster: 'cpu memory pids\n',
		expectedTop: '+cpu',
		expectedCluster: '+cpu +memory +pids',
	},
	{
		title: 'a host that passes enough on is left as it is',
		top: ALL,
		cluster: ALL,
		expectedTop: ALL,
		expectedCluster: '+cpuset +cpu +io +memory +hugetlb +pids +rdma +misc',
	},
]) {
	test(title, async t => {
		// Files stand for the kernel's, which would answer with other text than was written.
		const dir = await mkdtemp(join(tmpdir(), 'vipcheck-controllers-'));
		t.teardown(async () => rm(dir, {recursive: true}));
		const [mountPoint, group] = [join(dir, 'top'), join(dir, 'cluster')];
		for (const [path, text] of [
			[mountPoint, top],
			[group, cluster],
		] as const) {
			await mkdir(path);
			await writeFile(join(path, 'cgroup.controllers'), text);
			await writeFile(join(path, 'cgroup.subtree_control'), path === mountPoint ? text : '');
		}
		await giveControllers([mountPoint, group]);
		t.is(await readFile(join(mountPoint, 'cgroup.subtree_control'), 'utf8'), expectedTop);
		t.is(await readFile(join(group, 'cgroup.subtree_control'), 'utf8'), expectedCluster);
	});
}
