import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import test from 'ava';
import {proxyConfigOf} from '../gather/proxy-config.ts';
import type {ClusterRef, NodeRef} from '../target.ts';
import {eventually} from '../wait/eventually.ts';
import {carryOut, toolsOf} from './carry-out.ts';
import {changesOf} from './changes.ts';
import {cutLink, dropShare, hangDaemon, killNode, rebootNode} from './domain.ts';
import {outsideRoutes} from './outside-routes.ts';
import {proxyConfig, type ProxyConfigPatch} from './proxy-config.ts';
import {pendingUndos} from './undo.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const {signal} = new AbortController();
const tools = await toolsOf(cluster);
const changes = changesOf(cluster.dir, 'change/test', tools, signal);
const node = cluster.nodes.at(-1) as NodeRef;
const others = cluster.nodes.filter(({name}) => name !== node.name);
const outside = tools.shells.outside();
const address = node.ips[0] as string;

test.after.always(async () => tools.shells.close());

test.afterEach.always(async t => {
	await changes.takeAllBack();
	t.deepEqual(await pendingUndos(cluster.dir), []);
});

/** How many of so many pings from outside are answered. */
const pings = async (count: number): Promise<number> => {
	const {stdout} = await outside.run(['ping', '-q', '-c', String(count), '-i', '0.002', '-W', '1', address], {timeoutMs: 30_000});
	return Number(/(\d+) received/.exec(stdout)?.[1]);
};

/** What is another one after each boot: when the node's first process started, in clock ticks (proc(5)), or the id of its own kernel's boot. */
const bootOf = async (name: string): Promise<string> =>
	(await tools.shells.node(name).run(['sh', '-c', 'cut -d " " -f 22 /proc/1/stat; cat /proc/sys/kernel/random/boot_id'])).stdout;

const stateOf = async (daemon: string): Promise<string> =>
	(
		await tools.shells
			.node(node.name)
			.run([
				'sh',
				'-c',
				`for d in /proc/[0-9]*; do [ "$(cat $d/comm)" = ${daemon} ] && sed -n 's/^State:.\\(.\\).*/\\1/p' $d/status; done 2>/dev/null; true`,
			])
	).stdout.trim();

test.serial('a cut link: the node is not heard of, others are; healed it is', async t => {
	t.is(await pings(5), 5);
	const heal = await changes.make(cutLink(node));
	t.is(await pings(5), 0);
	t.is((await outside.run(['ping', '-q', '-c', '1', '-W', '1', others[0]?.ips[0] as string])).exitCode, 0);
	await heal();
	t.is(await pings(5), 5);
});

test.serial('a share of the frames is lost, both ways, and none afterwards', async t => {
	const back = await changes.make(dropShare(node, 0.3));
	const count = 400;
	const answered = await pings(count);
	// 0.7 there and 0.7 back; five standard deviations of a binomial are 50.
	t.true(Math.abs(answered - count * 0.49) < 50, `${answered} of ${count} answered`);
	await back();
	t.is(await pings(50), 50);
	await t.notThrowsAsync(carryOut(dropShare(node, 0.3).undo[0] as never, tools, signal), 'twice');
});

test.serial('the host outside reaches addresses by a node, and goes its own way again afterwards', async t => {
	const ips = node.ips.map(ip => (ip.includes(':') ? '2001:db8:ffff::7' : '198.51.100.7'));
	const ways = async () =>
		Promise.all(ips.map(async ip => /via (\S+)/.exec((await outside.run(['ip', 'route', 'get', ip])).stdout)?.[1]));
	const before = await ways();
	t.false(before.some(via => via === undefined || node.ips.includes(via)));
	const routes = outsideRoutes(
		cluster.outside as NonNullable<ClusterRef['outside']>,
		new Map(ips.map((ip, index) => [ip, node.ips[index] as string])),
	);
	const back = await changes.make(routes);
	t.deepEqual(await ways(), node.ips);
	await changes.make(routes);
	await back();
	t.deepEqual(await ways(), before);
});

test.serial('a daemon hangs and goes on', async t => {
	const back = await changes.make(hangDaemon(node, 'kubelet'));
	t.is(await stateOf('kubelet'), 'T');
	await back();
	t.not(await stateOf('kubelet'), 'T');
});

test.serial('a node without power is gone, and boots when it has it again', async t => {
	const before = await bootOf(node.name);
	const back = await changes.make(killNode(node));
	t.is(await pings(3), 0);
	await t.throwsAsync(bootOf(node.name), {name: 'TransportError'});
	await back();
	t.not(await bootOf(node.name), before);
	// It has booted when its first process runs commands; its address is there a moment later.
	const answers = async () => {
		const received = await pings(3);
		return received === 3
			? {done: true as const, value: received}
			: {done: false as const, observed: `${received} of 3 pings are answered`};
	};
	t.is(await eventually('it answers again', answers, {timeoutMs: 30_000, signal: AbortSignal.timeout(60_000)}), 3);
});

test.serial('a node that is booted again serves Services again', async t => {
	const before = await bootOf(node.name);
	const rest = await Promise.all(others.map(async ({name}) => bootOf(name)));
	await changes.make(rebootNode(node));
	t.not(await bootOf(node.name), before);
	t.deepEqual(await Promise.all(others.map(async ({name}) => bootOf(name))), rest);
	await t.notThrowsAsync(
		eventually(
			'the API server answers by its ClusterIP',
			async () => {
				const {exitCode, stderr} = await tools.shells
					.node(node.name)
					.run([
						'curl',
						'--silent',
						'--show-error',
						'--insecure',
						'--max-time',
						'1',
						'--output',
						'/dev/null',
						'https://10.96.0.1/livez',
					]);
				return exitCode === 0 ? {done: true, value: undefined} : {done: false, observed: stderr};
			},
			{timeoutMs: 180_000, signal},
		),
	);
});

/** The bit that masquerading is marked with, as each running kube-proxy has it. */
const bits = async (): Promise<Readonly<Record<string, number>>> =>
	Object.fromEntries(
		await Promise.all(
			cluster.nodes.map(async ({name}) => {
				const {stdout} = await tools.shells.node(name).run(['curl', '--silent', 'http://127.0.0.1:10249/configz']);
				return [name, proxyConfigOf(stdout, undefined).masqueradeBit] as const;
			}),
		),
	);
const withBit = (masqueradeBit: number): ProxyConfigPatch => ({
	[cluster.target.mode === 'nftables' ? 'nftables' : 'iptables']: {masqueradeBit},
});
if (cluster.target.mode === 'ipvs') {
	const ofNode = async (name: string) => {
		const {stdout} = await tools.shells
			.node(name)
			.run(['sh', '-c', 'ipvsadm-save -n; sysctl -n net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce']);
		const [, scheduler] = /^-A -t 10\.96\.0\.1:443 -s (\w+)/m.exec(stdout) ?? [];
		return {scheduler, arp: stdout.trim().split('\n').slice(-2)};
	};

	test.serial('a scheduler and strictARP on one node, and as they were', async t => {
		const before = await ofNode(node.name);
		t.is(before.scheduler, 'rr');
		const wanted = {scheduler: 'wlc', arp: ['1', '2']};
		const back = await changes.make(
			await proxyConfig(tools.kube, cluster.nodes, {ipvs: {scheduler: 'wlc', strictARP: true}}, node.name),
		);
		const becomes = async (expected: unknown) =>
			eventually(
				`the virtual servers of ${node.name} are ${JSON.stringify(expected)}`,
				async () => {
					const now = await ofNode(node.name);
					return isDeepStrictEqual(now, expected) ? {done: true, value: undefined} : {done: false, observed: JSON.stringify(now)};
				},
				{timeoutMs: 180_000, signal},
			);
		await t.notThrowsAsync(becomes(wanted));
		t.is((await ofNode(others[0]?.name as string)).scheduler, 'rr', 'the other nodes go on');
		await back();
		// kube-proxy does not put the settings of strictARP back (pkg/proxy/ipvs/proxier.go): it sets them when it is told to, and nothing else.
		await t.notThrowsAsync(becomes({...wanted, scheduler: 'rr'}));
	});
}

const all = (bit: number) => Object.fromEntries(cluster.nodes.map(({name}) => [name, bit]));

test.serial('kube-proxy with another configuration on all nodes, and as it was', async t => {
	t.deepEqual(await bits(), all(14));
	const back = await changes.make(await proxyConfig(tools.kube, cluster.nodes, withBit(15)));
	t.deepEqual(await bits(), all(15));
	await back();
	t.deepEqual(await bits(), all(14));
});

test.serial('kube-proxy with another configuration on one node, and as it was', async t => {
	const pods = async () =>
		(await tools.kube.core.listNamespacedPod({namespace: 'kube-system', labelSelector: 'k8s-app=kube-proxy'})).items
			.map(({metadata}) => metadata?.name)
			.toSorted();
	const before = await pods();
	const back = await changes.make(await proxyConfig(tools.kube, cluster.nodes, withBit(15), node.name));
	t.deepEqual(await bits(), {...all(14), [node.name]: 15});
	await back();
	t.deepEqual(await bits(), all(14));
	const after = await pods();
	t.is(after.length, before.length);
	t.is(after.filter(name => before.includes(name)).length, before.length - 1, 'the proxies of the other nodes went on');
});
