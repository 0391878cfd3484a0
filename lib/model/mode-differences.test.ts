import test from 'ava';
import {MODES, type Mode} from '../target.ts';
import {affinityWindowSeconds, type Ending} from './affinity.ts';
import {clientSees} from './client-sees.ts';
import {LOCAL_ADDRESSES, NODE, NODE_IP, NODE_IP_2, OUTSIDE, packet, POD, show, testState} from './fixtures/flow.ts';
import {endpoint, proxyConfig, service, slice} from './fixtures/objects.ts';
import {answersArp, answersPing, TRAITS} from './modes/traits.ts';
import type {ClusterState} from './state.ts';
import type {Packet} from './verdict.ts';
import {verdict, type Surroundings} from './verdict-of.ts';

/** How the modes differ by design; each row was seen on real nodes of 1.36 or read from the source (the model's files name it). */
type Row = {
	readonly behaviour: string;
	readonly state: Partial<ClusterState>;
	/** The node that is asked; left out: the test's. */
	readonly node?: string;
	readonly packet: Packet;
	readonly surroundings?: Surroundings;
	/** The verdict (`show`), and what the client sees of it. */
	readonly expected: Readonly<Record<Mode, readonly [verdict: string, seen: ReturnType<typeof clientSees>]>>;
};

const ports = [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30_080}];
const elsewhere = [slice({endpoints: [endpoint('10.0.1.1', {node: 'node-2'})]})];
const here = [slice({endpoints: [endpoint('10.0.1.1', {node: NODE})]})];
const itpLocal = {services: [service({internalTrafficPolicy: 'Local'})], slices: elsewhere};
const itpLocalNodePort = {services: [service({internalTrafficPolicy: 'Local', type: 'NodePort', ports})], slices: elsewhere};
const etpLocal = {
	services: [service({type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports, ingress: [{ip: '1.2.3.4'}]})],
	slices: elsewhere,
};
const plain = {services: [service({type: 'LoadBalancer', ports, ingress: [{ip: '1.2.3.4'}]})], slices: here};
const noLocalnet = {...proxyConfig, localhostNodePorts: false};
const all = <T>(each: T) => ({iptables: each, ipvs: each, nftables: each});
const answer = (shown: string) => [shown, 'answer'] as const;
const DROPPED = ['dropped', 'timeout'] as const;
const REFUSED = ['refused', 'refused'] as const;
const LEAVES = ['leaves', 'unknown'] as const;
const TO_NODE = ['node', 'unknown'] as const;

const ROWS: readonly Row[] = [
	{
		behaviour: 'internalTrafficPolicy Local, no local endpoint, ClusterIP only',
		state: itpLocal,
		packet: packet(POD, '172.30.0.41:80'),
		expected: {iptables: DROPPED, ipvs: REFUSED, nftables: DROPPED},
	},
	{
		behaviour: 'internalTrafficPolicy Local, no local endpoint, externally reachable as well',
		state: itpLocalNodePort,
		packet: packet(POD, '172.30.0.41:80'),
		expected: {iptables: DROPPED, ipvs: answer('10.0.1.1:80'), nftables: DROPPED},
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from outside to a node port',
		state: etpLocal,
		packet: packet(OUTSIDE, `${NODE_IP}:30080`),
		expected: {iptables: DROPPED, ipvs: ['10.0.1.1:80', 'timeout'], nftables: DROPPED},
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from outside to a load balancer',
		state: etpLocal,
		packet: packet(OUTSIDE, '1.2.3.4:80'),
		expected: {iptables: DROPPED, ipvs: ['10.0.1.1:80', 'timeout'], nftables: DROPPED},
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from a pod to its own node',
		state: etpLocal,
		packet: packet(POD, `${NODE_IP}:30080`),
		expected: all(answer('10.0.1.1:80')),
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from a pod to a load balancer',
		state: etpLocal,
		packet: packet(POD, '1.2.3.4:80'),
		expected: all(answer('10.0.1.1:80')),
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from a pod to another node: on its own',
		state: etpLocal,
		packet: packet(POD, '192.168.0.3:30080'),
		expected: all(LEAVES),
	},
	{
		behaviour: "externalTrafficPolicy Local, no local endpoint, from a pod to another node: there, from the first node's address",
		state: etpLocal,
		node: 'node-1',
		packet: packet(NODE_IP, '192.168.0.3:30080', 'TCP', 'outside'),
		expected: {iptables: DROPPED, ipvs: ['10.0.1.1:80', 'timeout'], nftables: DROPPED},
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from a pod to another node: there, from its own address',
		state: etpLocal,
		node: 'node-1',
		packet: packet(POD, '192.168.0.3:30080', 'TCP', 'outside'),
		expected: all(['10.0.1.1:80', 'timeout']),
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from the node to its node port',
		state: etpLocal,
		packet: packet(NODE_IP, `${NODE_IP}:30080`),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: answer('10.0.1.1:80'), nftables: answer('10.0.1.1:80!')},
	},
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from the node to a load balancer',
		state: etpLocal,
		packet: packet(NODE_IP, '1.2.3.4:80'),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: answer('10.0.1.1:80'), nftables: answer('10.0.1.1:80!')},
	},
	// kube-ipvs0 has the balancer's address, so that is what the kernel takes for the source, and the backend's node has it too (kubernetes#93456).
	{
		behaviour: 'externalTrafficPolicy Local, no local endpoint, from the node to a load balancer whose address is on the node',
		state: etpLocal,
		packet: packet('1.2.3.4', '1.2.3.4:80', 'TCP', 'node'),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: ['10.0.1.1:80', 'timeout'], nftables: answer('10.0.1.1:80!')},
	},
	{
		behaviour: 'unused port on a cluster address',
		state: plain,
		packet: packet(POD, '172.30.0.41:81'),
		expected: {iptables: LEAVES, ipvs: REFUSED, nftables: REFUSED},
	},
	{
		behaviour: 'unused port on a cluster address, from the node',
		state: plain,
		packet: packet(NODE_IP, '172.30.0.41:81'),
		expected: {iptables: LEAVES, ipvs: REFUSED, nftables: REFUSED},
	},
	{
		behaviour: 'unused port on a load balancer',
		state: plain,
		packet: packet(OUTSIDE, '1.2.3.4:81'),
		expected: {iptables: LEAVES, ipvs: REFUSED, nftables: LEAVES},
	},
	{
		behaviour: 'unallocated cluster address',
		state: plain,
		packet: packet(POD, '172.30.0.99:80'),
		expected: {iptables: LEAVES, ipvs: LEAVES, nftables: DROPPED},
	},
	{
		behaviour: 'node port on 127.0.0.1',
		state: plain,
		packet: packet('127.0.0.1', '127.0.0.1:30080'),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: TO_NODE, nftables: TO_NODE},
	},
	{
		behaviour: 'node port on 127.0.0.1 without route_localnet',
		state: {...plain, proxy: noLocalnet},
		packet: packet('127.0.0.1', '127.0.0.1:30080'),
		expected: all(TO_NODE),
	},
	{
		behaviour: 'node port, from a loopback address',
		state: plain,
		packet: packet('127.0.0.1', `${NODE_IP}:30080`),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: ['10.0.1.1:80', 'timeout'], nftables: answer('10.0.1.1:80!')},
	},
	{
		behaviour: 'node port on the primary address',
		state: plain,
		packet: packet(OUTSIDE, `${NODE_IP}:30080`),
		expected: all(answer('10.0.1.1:80!')),
	},
	{
		behaviour: 'node port on another address of the node',
		state: plain,
		packet: packet(OUTSIDE, `${NODE_IP_2}:30080`),
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: answer('10.0.1.1:80!'), nftables: TO_NODE},
	},
	{
		behaviour: "node port on a load balancer's address that is not on the node",
		state: plain,
		packet: packet(OUTSIDE, '1.2.3.4:30080'),
		expected: {iptables: LEAVES, ipvs: REFUSED, nftables: LEAVES},
	},
	{
		behaviour: "node port on a load balancer's address that the platform puts on the node",
		state: plain,
		packet: packet(OUTSIDE, '1.2.3.4:30080'),
		surroundings: {localAddresses: ['1.2.3.4']},
		expected: {iptables: answer('10.0.1.1:80!'), ipvs: answer('10.0.1.1:80!'), nftables: TO_NODE},
	},
	{
		behaviour: "source after masquerading is the entry node's",
		state: plain,
		packet: packet(OUTSIDE, '1.2.3.4:80'),
		expected: all(answer('10.0.1.1:80!')),
	},
	{behaviour: 'no endpoints', state: {services: plain.services}, packet: packet(POD, '172.30.0.41:80'), expected: all(REFUSED)},
];

for (const {behaviour, state, node = NODE, packet: sent, surroundings = {localAddresses: LOCAL_ADDRESSES}, expected} of ROWS) {
	for (const mode of MODES) {
		test(`${mode}: ${behaviour}`, t => {
			const cluster = testState({...state, mode});
			const found = verdict(cluster, node, sent, node === NODE ? surroundings : {});
			t.deepEqual([show(found), clientSees(cluster, node, sent, found)], [...expected[mode]], found.because);
		});
	}
}

test('balance: each backend with the same probability; ipvs deals them out in turn', t => {
	const slices = [slice({endpoints: ['10.0.1.1', '10.0.1.2', '10.0.1.3'].map(ip => endpoint(ip))})];
	for (const mode of MODES) {
		const found = verdict(testState({mode, services: [service()], slices}), NODE, packet(POD, '172.30.0.41:80'));
		t.deepEqual(found.kind === 'backends' ? found.backends.map(({probability}) => probability) : [], [1 / 3, 1 / 3, 1 / 3]);
	}

	t.deepEqual(
		MODES.map(mode => TRAITS[mode].choice),
		['random', 'scheduler', 'random'],
	);
});

/** Timeout of the Service, how the last connection ended, window with ipvs. */
const WINDOWS: readonly (readonly [number, Ending, number])[] = [
	[5, 'fin', 125],
	[120, 'fin', 180],
	[60, 'fin', 180],
	[180, 'fin', 180],
	[10_800, 'fin', 10_800],
	[5, 'rst', 65],
	[120, 'rst', 120],
	[5, 'udp', 305],
	[60, 'udp', 360],
];

for (const [seconds, ending, expected] of WINDOWS) {
	test(`affinity of ${seconds} s after ${ending} lasts ${expected} s with ipvs`, t => {
		t.deepEqual(
			MODES.map(mode => affinityWindowSeconds(mode, seconds, ending)),
			[seconds, expected, seconds],
		);
	});
}

test("only ipvs answers ARP for Services' addresses, and not with strictARP", t => {
	t.deepEqual(
		MODES.map(mode => [answersArp(mode, false), answersArp(mode, true)]),
		[
			[false, false],
			[true, false],
			[false, false],
		],
	);
});

test("Services' addresses answer ping with ipvs up to 1.26", t => {
	t.deepEqual(
		[26, 27, 36].map(minor => MODES.map(mode => answersPing(mode, minor))),
		[
			[false, true, false],
			[false, false, false],
			[false, false, false],
		],
	);
	const sent = packet(POD, '172.30.0.41:81');
	t.deepEqual(
		[26, 27].map(minor => show(verdict(testState({...plain, mode: 'ipvs', minor}), NODE, sent))),
		['node', 'refused'],
	);
});

test('a pod that meets itself by an endpoint that names no node is masqueraded, with nftables up to 1.35', t => {
	const nowhere = {services: [service()], slices: [slice({endpoints: [endpoint('10.0.1.1')]})]};
	const met = (mode: Mode, minor: number) =>
		show(verdict(testState({...nowhere, mode, minor}), NODE, packet('10.0.1.1', '172.30.0.41:80')));
	t.deepEqual(
		[35, 36].map(minor => MODES.map(mode => met(mode, minor))),
		[
			['10.0.1.1:80!', '10.0.1.1:80', '10.0.1.1:80!'],
			['10.0.1.1:80!', '10.0.1.1:80', '10.0.1.1:80'],
		],
	);
});

test('the mode userspace is gone', t => {
	t.deepEqual([...MODES], ['iptables', 'ipvs', 'nftables']);
});

test('a client that some backends answer directly gets some answers', t => {
	const slices = [slice({endpoints: [endpoint('10.0.1.1', {node: 'node-1'}), endpoint('10.0.1.2', {node: 'node-2'})]})];
	const cluster = testState({...etpLocal, slices, mode: 'iptables'});
	const sent = packet(POD, '192.168.0.3:30080', 'TCP', 'outside');
	t.is(clientSees(cluster, 'node-1', sent, verdict(cluster, 'node-1', sent)), 'some answers');
});
