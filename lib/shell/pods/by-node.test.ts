import test from 'ava';
import {containerPids, oldest, podShell} from './by-node.ts';
import {TransportError} from '../shell.ts';
import {stubShell} from '../../../test/stub-shell.ts';

const id = '4f0c1d7b9a3e52c68d07f1b2a9c4e8d3516f70b29ac8de41735f6092bc8ad1e7';
const other = id.replaceAll('4', '5');
const uid = '0b6f8d0e-5b0c-4a57-9f6c-3f0a0c5e9a11';
const underscored = uid.replaceAll('-', '_');

const layouts: readonly [string, string, readonly number[]][] = [
	[
		'cgroup v2, systemd driver, containerd',
		`/proc/812/cgroup:0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored}.slice/cri-containerd-${id}.scope`,
		[812],
	],
	[
		'cgroup v2, systemd driver, in a container of its own (kind)',
		`/proc/812/cgroup:0::/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${underscored}.slice/cri-containerd-${id}.scope`,
		[812],
	],
	['cgroup v2, cgroupfs driver', `/proc/812/cgroup:0::/kubepods/besteffort/pod${uid}/${id}`, [812]],
	[
		'cgroup v1, cgroupfs driver',
		[11, 10, 9].map(n => `/proc/812/cgroup:${n}:cpu,cpuacct:/w1/kubepods/burstable/pod${uid}/${id}`).join('\n'),
		[812],
	],
	[
		'cgroup v1, systemd driver, docker',
		`/proc/812/cgroup:4:memory:/kubepods.slice/kubepods-pod${underscored}.slice/docker-${id}.scope`,
		[812],
	],
	['another cgroup namespace', `/proc/812/cgroup:0::/../../pod${uid}/${id}`, [812]],
	[
		'a systemd path that cgroupfs took literally',
		`/proc/812/cgroup:0::/system.slice/containerd.service/kubepods-pod${underscored}.slice:cri-containerd:${id}`,
		[812],
	],
	[
		'cgroups below the container',
		`/proc/812/cgroup:0::/kubepods/pod${uid}/${id}/init\n/proc/900/cgroup:0::/kubepods/pod${uid}/${id}/system.slice/x.service`,
		[812, 900],
	],
	[
		'CRI-O and its monitor',
		`/proc/811/cgroup:0::/kubepods.slice/crio-conmon-${id}.scope\n/proc/812/cgroup:0::/kubepods.slice/crio-${id}.scope`,
		[812],
	],
	['another container', `/proc/812/cgroup:0::/kubepods/pod${uid}/${other}`, []],
	['only part of a name', `/proc/812/cgroup:0::/kubepods/pod${uid}/${id}0`, []],
	['nothing', '', []],
];
for (const [name, cgroups, pids] of layouts) {
	test(`containerPids: ${name}`, t => t.deepEqual(containerPids(cgroups, id), pids));
}

const stat = (pid: number, name: string, started: number) =>
	`${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 1055 0 0 0 0 0 0 0 20 0 1 0 ${started} 2711552 220 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;

test('oldest: the process that started first, whatever its name', t => {
	t.is(oldest(stat(900, 'sh', 5000) + stat(1200, 'agnhost', 4000)), 1200);
	t.is(oldest(stat(900, 'a) S 1 (b', 4001) + stat(31, 'two\nlines', 4000)), 31);
	t.is(oldest(stat(900, 'same tick', 4000) + stat(901, 'x', 4000)), 900);
	t.is(oldest(''), undefined);
});

const find = `sh -c grep -s -F -e "$1" /proc/[0-9]*/cgroup /dev/null sh ${id}`;
const place = {where: 'pod default/web on worker-1', containerId: `containerd://${id}`};
const cgroups = [812, 900].map(pid => `/proc/${pid}/cgroup:0::/kubepods/pod${uid}/${id}`).join('\n');
const enter = (argv: string) =>
	`sh -c grep -q -s -F -e "$1" "/proc/$2/cgroup" || { echo "vipcheck: the container has ended" >&2; exit 125; }; pid=$2; shift 2; exec nsenter -t "$pid" -m -u -i -n -p -- "$@" sh ${id} 812 ${argv}`;
const found = {
	[find]: cgroups,
	'cat /proc/812/stat /proc/900/stat': {
		exitCode: 1,
		stdout: stat(812, 'agnhost', 4000),
		stderr: 'cat: /proc/900/stat: No such file or directory\n',
	},
};

test('podShell: enters the main process of the container', async t => {
	const node = stubShell({...found, [enter('cat x')]: {exitCode: 1, stderr: 'cat: x: No such file or directory\n'}});
	const pod = await podShell(node, place);
	t.like(await pod.run(['cat', 'x']), {
		argv: ['cat', 'x'],
		where: place.where,
		exitCode: 1,
		stderr: 'cat: x: No such file or directory\n',
	});
});

const failures: readonly [string, Parameters<typeof stubShell>[0], RegExp, string?][] = [
	[
		'no such process',
		{[find]: {exitCode: 1}},
		/^pod default\/web on worker-1: no process of container 4f0c1d7b9a3e on stub: none of \/proc\/\*\/cgroup names it/,
	],
	['gone between two looks', {...found, 'cat /proc/812/stat /proc/900/stat': {exitCode: 1}}, /ended while they were looked at/],
	[
		'ended since',
		{...found, [enter('true')]: {exitCode: 125, stderr: 'vipcheck: the container has ended\n'}},
		/`true` was not run: vipcheck: the container has ended$/,
	],
	[
		'no such program',
		{...found, [enter('true')]: {exitCode: 127, stderr: 'nsenter: failed to execute true: No such file or directory\n'}},
		/`true` was not run: nsenter: failed to execute true/,
	],
	['not started yet', {}, /"" is not a container id/, ''],
];
for (const [name, table, message, containerId = place.containerId] of failures) {
	test(`podShell: ${name} is a TransportError`, async t => {
		const attempt = async () => (await podShell(stubShell(table), {...place, containerId})).run(['true']);
		await t.throwsAsync(attempt(), {instanceOf: TransportError, message});
	});
}

test('stubShell: replies in turn, functions, errors, and nothing unasked', async t => {
	const stub = stubShell({
		list: ['a', {exitCode: 2, stderr: 'b'}],
		cat: ({stdin = ''}) => String(stdin).toUpperCase(),
		down: new TransportError('down'),
	});
	const codes = [await stub.run(['list']), await stub.run(['list']), await stub.run(['list'])].map(({exitCode, stdout, stderr}) => [
		exitCode,
		stdout,
		stderr,
	]);
	t.deepEqual(codes, [
		[0, 'a', ''],
		[2, '', 'b'],
		[2, '', 'b'],
	]);
	t.is((await stub.run(['cat'], {stdin: 'x'})).stdout, 'X');
	await t.throwsAsync(stub.run(['down']), {instanceOf: TransportError});
	await t.throwsAsync(stub.run(['toString']), {instanceOf: Error, message: /no answer for `toString`; it knows `list`, `cat`, `down`/});
	t.deepEqual(stub.calls, ['list', 'list', 'list', 'cat', 'down', 'toString']);
});
