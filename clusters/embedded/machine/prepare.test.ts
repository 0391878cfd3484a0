import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {machineDir, prepareMachine, readPrepared} from './prepare.ts';

test('a machine with a kernel of its own finds what belongs on its disk beside its other files, and all that its boot reads', async t => {
	const cluster = await mkdtemp(join(tmpdir(), 'vipcheck-prepare-'));
	t.teardown(async () => rm(cluster, {recursive: true}));
	const kernel = {root: '/kernel', image: '/disk', memoryMib: 1024, slot: 7, commandLine: []};
	await prepareMachine(cluster, {
		name: 'worker-1',
		layers: ['/modules', '/root'],
		links: ['eth0'],
		network: ['link set lo up', 'link set eth0 up'],
		sysctls: {'net/ipv4/ip_forward': '1'},
		iptables: {iptables: '*nat\nCOMMIT\n', ip6tables: ''},
		files: {'var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\n', 'etc/kubernetes/kubelet.conf': 'secret\n'},
		services: {kubelet: 'exec kubelet'},
		held: ['kubelet'],
		kernel,
	});
	const dir = machineDir(cluster, 'worker-1');
	const read = async (path: string) => readFile(join(dir, 'upper', path), 'utf8');
	t.is(await read('etc/machine/var/lib/kubelet/config.yaml'), 'kind: KubeletConfiguration\n');
	t.is(await read('etc/machine/management'), '169.254.7.2\n');
	t.regex(await read('etc/machine/hardware-address'), /^02(:[\da-f]{2}){5}\n$/);
	t.is(await read('etc/machine/network'), 'link set lo up\nlink set eth0 up\n');
	t.is(await read('etc/machine/sysctl'), 'net/ipv4/ip_forward 1\n');
	t.is(await read('etc/machine/iptables'), '*nat\nCOMMIT\n');
	t.is(await read('etc/machine/services/kubelet/down'), '');
	t.regex(await read('etc/machine/init'), /^#!\/bin\/sh\n/);
	const modes = await Promise.all(
		['etc/machine/init', 'etc/machine/services/kubelet/run', 'etc/kubernetes/kubelet.conf'].map(
			async path => (await stat(join(dir, 'upper', path))).mode & 0o777,
		),
	);
	t.deepEqual(modes, [0o755, 0o755, 0o600]);
	t.deepEqual(await readPrepared(dir), {layers: ['/modules', '/root'], links: ['eth0'], kernel});
});
