import test from 'ava';
import {healthy, serviceOf, sliceOf, snapshotFrom, type World} from '../fixtures/world.ts';
import {foretell} from './foretell.ts';
import {migrationOf, stateOf} from './migration.ts';
import type {Mode} from '../../target.ts';

const changed = (to: Mode, change: (world: World) => void) => {
	const world = healthy();
	change(world);
	return migrationOf(snapshotFrom(world), to, undefined);
};
const told = (to: Mode, change: (world: World) => void): readonly string[] =>
	changed(to, change)
		.changes.filter(({service}) => service === 'shop/web')
		.map(({via, from, before, after, breaks}) => `${breaks ? '✗' : '·'} ${via}, ${from}: ${before} → ${after}`);

const nodePort = (world: World): void => {
	Object.assign(serviceOf(world).spec, {type: 'NodePort'});
	serviceOf(world).spec.ports![0]!.nodePort = 30_080;
};

test('iptables to nftables: NodePorts leave loopback and other addresses of the node, unused ports are refused', t => {
	const lines = told('nftables', nodePort);
	t.true(
		lines.some(line => line.startsWith('✗ NodePort on loopback, the node itself: is answered')),
		lines.join('\n'),
	);
	t.true(
		lines.some(line => line.startsWith('✗ NodePort on another address of the node, ')),
		lines.join('\n'),
	);
	t.true(
		lines.some(line => /^· ClusterIP at a port that it does not have, .*leaves the node.* → is refused at once$/.test(line)),
		lines.join('\n'),
	);
	t.false(
		lines.some(line => line.includes('ClusterIP, ') || line.includes("NodePort on the node's address")),
		lines.join('\n'),
	);
});

test('in both families: another address of the node is of the node in either', t => {
	const world = healthy();
	nodePort(world);
	const service = serviceOf(world);
	Object.assign(service.spec!, {ipFamilies: ['IPv4', 'IPv6'], clusterIPs: [service.spec?.clusterIP, 'fd00:10:96::20']});
	for (const [n, {spec, status}] of world.nodes.entries()) {
		spec!.podCIDRs!.push(`fd00:10:244:${n}::/64`);
		status!.addresses!.push({type: 'InternalIP', address: `fd00:172:18::1${n}`});
	}
	const texts = [...foretell(stateOf(snapshotFrom(world), undefined), 'iptables', world.pods)]
		.filter(({way: {via, service: of}}) => of === 'shop/web' && via === 'NodePort on another address of the node')
		.map(({way: {packet}, then}) => `${packet.destination}: ${then.text}`);
	t.true(texts.some(text => text.startsWith('fd00:10:244:')));
	t.deepEqual(
		texts.filter(text => text.includes('leaves the node')),
		[],
	);
});

test('ipvs to nftables: a Local policy that falls back today drops tomorrow', t => {
	const lines = told('nftables', world => {
		world.proxyConfig = 'mode: ipvs\nclusterCIDR: 10.244.0.0/16\n';
		nodePort(world);
		serviceOf(world).spec.internalTrafficPolicy = 'Local';
		sliceOf(world).endpoints = sliceOf(world).endpoints!.slice(0, 1);
	});
	t.true(
		lines.some(line => /^✗ ClusterIP, a pod of a node without an endpoint: is answered.* → times out$/.test(line)),
		lines.join('\n'),
	);
});

test('ipvs: what nodes did for its addresses, and how it chose', t => {
	const {changes, calendar} = changed('iptables', world => {
		world.proxyConfig = 'mode: ipvs\nclusterCIDR: 10.244.0.0/16\n';
		Object.assign(serviceOf(world).spec, {
			externalIPs: ['203.0.113.9'],
			sessionAffinity: 'ClientIP',
			sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}},
		});
	});
	const vias = changes.map(({via}) => via);
	for (const via of ['ARP for its external addresses', 'session affinity', 'the choice of the endpoint']) t.true(vias.includes(via), via);
	t.deepEqual(
		calendar.map(({concerns}) => concerns),
		[3, 0, 1],
	);
});

test('what the old mode leaves on the nodes is told', t => {
	const left = (from: string, to: Mode): string | undefined =>
		changed(to, world => {
			world.proxyConfig = `mode: ${from}\nclusterCIDR: 10.244.0.0/16\n`;
		}).changes.find(({via}) => via === 'what the old mode made on each node')?.after;
	t.regex(left('ipvs', 'iptables') ?? '', /^stays: its virtual servers/);
	t.regex(left('ipvs', 'nftables') ?? '', /^is taken away when kube-proxy starts, where `modprobe -va ip_vs` succeeds/);
	t.regex(left('iptables', 'ipvs') ?? '', /^stays in part/);
	t.is(left('iptables', 'nftables'), undefined);
	t.is(left('nftables', 'ipvs'), undefined);
});

test('ipvs: what a node sends to a Service bears the address of the Service, as it is bound there', t => {
	const world = healthy();
	world.proxyConfig = 'mode: ipvs\nclusterCIDR: 10.244.0.0/16\n';
	nodePort(world);
	const sources = [...foretell(stateOf(snapshotFrom(world), undefined), 'iptables', world.pods, {ipv4: '172.18.0.100'})]
		.filter(({way: {service, place}}) => service === 'shop/web' && place === 'with')
		.map(({way: {via, client}, today, then}) => `${via}, ${client}: ${today.packet.source} ${then.packet.source}`);
	for (const line of [
		'ClusterIP, the node itself: 10.96.0.20 172.18.0.11',
		"NodePort on the node's address, the node itself: 172.18.0.11 172.18.0.11",
		'NodePort on loopback, the node itself: 127.0.0.1 127.0.0.1',
		'ClusterIP, outside: 172.18.0.100 172.18.0.100',
	])
		t.true(sources.includes(line), `${line}\n${sources.join('\n')}`);
});

test('names that nft cannot take are told before 1.37', t => {
	const long = (minor: number) =>
		changed('nftables', world => {
			world.version = `v1.${minor}.0`;
			const service = serviceOf(world);
			service.metadata = {name: 'n'.repeat(63), namespace: 's'.repeat(63)};
			service.spec.ports![0]!.name = 'port';
		}).changes.filter(({via}) => via === 'its rules').length;
	t.is(long(36), 1);
	t.is(long(37), 0);
});

test('nodes: kernel and version', t => {
	const nodes = (kernelVersion: string, kubeletVersion = 'v1.36.3') => {
		const {nodes: readiness} = changed('nftables', world =>
			Object.assign(world.nodes[1]!.status!.nodeInfo!, {kernelVersion, kubeletVersion}),
		);
		return readiness[1]?.verdict;
	};
	t.deepEqual(
		[nodes('6.1.0-18-amd64'), nodes('5.10.0'), nodes('6.1.0', 'v1.28.1'), nodes('')],
		['ready', 'not ready', 'not ready', 'unknown'],
	);
});

test('the mode that is there already, and one that is not known', t => {
	t.throws(() => changed('iptables', () => {}), {message: 'this cluster is in mode iptables already'});
	const snapshot = snapshotFrom(healthy());
	t.throws(
		() =>
			migrationOf(
				{...snapshot, facts: {...snapshot.facts, proxyConfig: {ok: false, why: 'gone', source: '/x'}}},
				'nftables',
				undefined,
			),
		{message: /say it with --from/},
	);
});
