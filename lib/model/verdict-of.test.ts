import test from 'ava';
import {MODES} from '../target.ts';
import {clientSees} from './client-sees.ts';
import {LOCAL_ADDRESSES, NODE, NODE_IP, NODE_IP_2, NODE_IPV6, NODE_IPV6_2, OUTSIDE, packet, POD, show, testState} from './fixtures/flow.ts';
import {BASIC} from './fixtures/flows-basic.ts';
import {MASQUERADE} from './fixtures/flows-masquerade.ts';
import {POLICIES} from './fixtures/flows-policies.ts';
import {endpoint, node, proxyConfig, service, slice} from './fixtures/objects.ts';
import type {Packet, Verdict} from './verdict.ts';
import {verdict, verdictsOf} from './verdict-of.ts';

for (const scenario of [...BASIC, ...POLICIES, ...MASQUERADE]) {
	for (const mode of MODES) {
		test(`${mode}, ${scenario.name}`, t => {
			const differs = scenario.differs?.[mode] ?? {};
			t.deepEqual(
				Object.keys(differs).filter(
					name => !scenario.flows.some(([flow, , , expected]) => flow === name && expected !== differs[name]),
				),
				[],
				'each difference is one',
			);
			const judge = verdictsOf(testState({...scenario.state, mode}), NODE, {localAddresses: LOCAL_ADDRESSES});
			const found = scenario.flows.map(([name, source, to, , protocol]) => `${name}: ${show(judge(packet(source, to, protocol)))}`);
			t.deepEqual(
				found,
				scenario.flows.map(([name, , , expected]) => `${name}: ${differs[name] ?? expected}`),
			);
		});
	}
}

/** TestNodePorts of iptables/proxier_test.go and nftables/proxier_test.go. `takes`: which of primary, second, localhost (`p2l`) take node ports. */
const NODE_PORTS: readonly {
	readonly name: string;
	readonly family: 'ipv4' | 'ipv6';
	readonly localhost?: false;
	readonly cidrs?: readonly string[];
	readonly iptables: string;
	readonly nftables: string;
	readonly ipvs: string;
}[] = [
	{name: 'IPv4, defaults', family: 'ipv4', iptables: 'p2l', nftables: 'p', ipvs: 'p2'},
	{name: 'IPv4, not on localhost', family: 'ipv4', localhost: false, iptables: 'p2', nftables: 'p', ipvs: 'p2'},
	{name: 'IPv4, everywhere', family: 'ipv4', cidrs: ['0.0.0.0/0'], iptables: 'p2l', nftables: 'p2', ipvs: 'p2'},
	{
		name: 'IPv4, not on localhost, which the CIDRs hold',
		family: 'ipv4',
		localhost: false,
		cidrs: ['192.168.0.0/24', '127.0.0.1/32'],
		iptables: 'p',
		nftables: 'p',
		ipvs: 'p',
	},
	{
		name: 'IPv4, CIDRs hold localhost',
		family: 'ipv4',
		cidrs: ['192.168.0.0/24', '127.0.0.0/8'],
		iptables: 'pl',
		nftables: 'p',
		ipvs: 'p',
	},
	{name: 'IPv4, CIDRs do not hold localhost', family: 'ipv4', cidrs: ['192.168.0.0/24'], iptables: 'p', nftables: 'p', ipvs: 'p'},
	{
		name: 'IPv4, CIDRs hold both addresses',
		family: 'ipv4',
		cidrs: ['192.168.0.0/24', '192.168.1.0/24', '2001:db8::/64'],
		iptables: 'p2',
		nftables: 'p2',
		ipvs: 'p2',
	},
	{name: 'IPv4, primary', family: 'ipv4', cidrs: ['primary'], iptables: 'p', nftables: 'p', ipvs: 'p'},
	{name: 'IPv4, CIDRs of IPv6 alone', family: 'ipv4', cidrs: ['2001:db8::/64'], iptables: 'p2l', nftables: 'p2', ipvs: 'p2'},
	{name: 'IPv6, defaults', family: 'ipv6', iptables: 'p2', nftables: 'p', ipvs: 'p2'},
	{name: 'IPv6, not on localhost', family: 'ipv6', localhost: false, iptables: 'p2', nftables: 'p', ipvs: 'p2'},
	{
		name: 'IPv6, CIDRs hold one',
		family: 'ipv6',
		cidrs: ['192.168.0.0/24', '192.168.1.0/24', '2001:db8::/64'],
		iptables: 'p',
		nftables: 'p',
		ipvs: 'p',
	},
	{
		name: 'IPv6, CIDRs hold both',
		family: 'ipv6',
		cidrs: ['192.168.0.0/24', '192.168.1.0/24', '2001:db8::/64', '2001:db8:1::2/128'],
		iptables: 'p2',
		nftables: 'p2',
		ipvs: 'p2',
	},
];

const SIDES = {
	ipv4: {
		clusterIP: '172.30.0.41',
		endpoints: ['10.180.0.1', '10.180.2.1'],
		addressType: 'IPv4',
		pod: POD,
		outside: OUTSIDE,
		p: NODE_IP,
		2: NODE_IP_2,
		l: '127.0.0.1',
	},
	ipv6: {
		clusterIP: 'fd00:172:30::41',
		endpoints: ['fd00:10:180::1', 'fd00:10:180::2:1'],
		addressType: 'IPv6',
		pod: 'fd00:10::2',
		outside: '2600:5200::1',
		p: NODE_IPV6,
		2: NODE_IPV6_2,
		l: '::1',
	},
} as const;

for (const {name, family, localhost = true, cidrs = [], ...expected} of NODE_PORTS) {
	for (const mode of MODES) {
		test(`${mode}, node ports: ${name}`, t => {
			const side = SIDES[family];
			const of = (ip: string, number: number) => (family === 'ipv4' ? `${ip}:${number}` : `[${ip}]:${number}`);
			const judge = verdictsOf(
				testState({
					mode,
					services: [
						service({
							type: 'NodePort',
							clusterIP: side.clusterIP,
							ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}],
						}),
					],
					slices: [
						slice({
							addressType: side.addressType,
							endpoints: side.endpoints.map((ip, index) => endpoint(ip, {node: index === 0 ? 'other-node' : NODE})),
						}),
					],
					proxy: {
						...proxyConfig,
						clusterCIDRs: ['10.0.0.0/8', 'fd00:10::/64'],
						localhostNodePorts: localhost,
						nodePortAddresses: cidrs,
					},
				}),
				NODE,
				{localAddresses: LOCAL_ADDRESSES},
			);
			const rewritten = side.endpoints.map(ip => `${of(ip, 80)}!`).join(' ');
			t.is(show(judge(packet(side.pod, of(side.clusterIP, 80)))), side.endpoints.map(ip => of(ip, 80)).join(' '));
			for (const which of ['p', '2', 'l'] as const) {
				const to = of(side[which], 3001);
				const takes = expected[mode].includes(which);
				t.is(show(judge(packet(which === 'l' ? side.l : side.outside, to))), takes ? rewritten : 'node', `${to} from afar`);
				if (which !== 'l') t.is(show(judge(packet(side[which], to))), takes ? rewritten : 'node', `${to} from the node`);
			}
		});
	}
}

test('iptables refuses or drops on every local address what a node port cannot serve, whatever nodePortAddresses says', t => {
	const ports = [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}];
	const proxy = {...proxyConfig, nodePortAddresses: ['192.168.0.0/24']};
	const judge = (endpoints: Parameters<typeof slice>[0]['endpoints'], mode: 'iptables' | 'nftables', externalTrafficPolicy: string) =>
		show(
			verdict(
				testState({
					mode,
					proxy,
					services: [service({type: 'NodePort', ports, externalTrafficPolicy})],
					slices: [slice({endpoints})],
				}),
				NODE,
				packet(OUTSIDE, `${NODE_IP_2}:3001`),
				{localAddresses: LOCAL_ADDRESSES},
			),
		);
	t.is(judge([], 'iptables', 'Cluster'), 'refused');
	t.is(judge([endpoint('10.0.1.1', {node: 'node-1'})], 'iptables', 'Local'), 'dropped');
	t.is(judge([endpoint('10.0.1.1', {node: NODE})], 'iptables', 'Local'), 'node');
	t.is(judge([], 'nftables', 'Cluster'), 'node');
});

test('a hand-made endpoint without a node name is met by its own pod: only iptables masquerades', t => {
	const objects = {services: [service()], slices: [slice({endpoints: [endpoint('10.0.1.1')]})]};
	t.deepEqual(
		MODES.map(mode => show(verdict(testState({mode, ...objects}), NODE, packet('10.0.1.1', '172.30.0.41:80')))),
		['10.0.1.1:80!', '10.0.1.1:80', '10.0.1.1:80'],
	);
});

test('a hand-made endpoint without a node name is met by its own pod, which another Service names: the sets of nftables and ipvs know no Services', t => {
	const other = (wish: Parameters<typeof endpoint>[1], port = 80, protocol = 'TCP') => ({
		services: [service(), service({name: 'svc2', clusterIP: '172.30.0.42', ports: [{name: 'p', port: 80, protocol}]})],
		slices: [
			slice({endpoints: [endpoint(POD)]}),
			slice({of: 'svc2', ports: [{name: 'p', port, protocol}], endpoints: [endpoint(POD, wish)]}),
		],
	});
	const to = packet(POD, '172.30.0.41:80');
	const shown = (mode: (typeof MODES)[number], state: ReturnType<typeof other>) => show(verdict(testState({...state, mode}), NODE, to));
	t.deepEqual(
		MODES.map(mode => shown(mode, other({node: NODE}))),
		MODES.map(() => '10.0.0.2:80!'),
	);
	t.deepEqual(
		MODES.map(mode => shown(mode, other({node: NODE, ready: false}))),
		MODES.map(mode => (mode === 'nftables' ? '10.0.0.2:80' : '10.0.0.2:80!')),
		'ipvs also knows those that are not ready',
	);
	for (const different of [other({node: 'node-1'}), other({node: NODE}, 81), other({node: NODE}, 80, 'UDP')])
		t.deepEqual(
			MODES.map(mode => shown(mode, different)),
			MODES.map(mode => (mode === 'iptables' ? '10.0.0.2:80!' : '10.0.0.2:80')),
		);
});

const withNodePort = {type: 'NodePort', ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}]};
const nodePort = {services: [service(withNodePort)], slices: [slice({endpoints: [endpoint('10.0.1.1', {node: NODE})]})]};

test('node ports on a link-local address: not with ipvs', t => {
	const objects = {
		services: [service({...withNodePort, clusterIP: 'fd00:172:30::41'})],
		slices: [slice({addressType: 'IPv6', endpoints: [endpoint('fd00:10::9')]})],
	};
	const shown = (['iptables', 'ipvs'] as const).map(mode =>
		show(verdict(testState({mode, ...objects}), NODE, packet('2600:5200::1', '[fe80::1]:3001'), {localAddresses: ['fe80::1']})),
	);
	t.deepEqual(shown, ['[fd00:10::9]:80!', 'node']);
});

test('node ports on 127.0.0.2: only where no CIDRs are given, for lo has 127.0.0.1 alone', t => {
	const at = (nodePortAddresses: readonly string[]) =>
		show(verdict(testState({...nodePort, proxy: {...proxyConfig, nodePortAddresses}}), NODE, packet('127.0.0.1', '127.0.0.2:3001')));
	t.deepEqual([at([]), at(['127.0.0.0/8'])], ['10.0.1.1:80!', 'node']);
});

test("an ExternalIP that the node's interfaces do not have is elsewhere", t => {
	const cloud = node(NODE, [NODE_IP]);
	cloud.status!.addresses!.push({type: 'ExternalIP', address: '198.51.100.7'});
	const sent = packet(POD, '198.51.100.7:3001');
	t.is(show(verdict(testState({...nodePort, nodes: [cloud]}), NODE, sent)), 'leaves');
	t.is(show(verdict(testState({...nodePort, nodes: [cloud]}), NODE, sent, {localAddresses: ['198.51.100.7']})), '10.0.1.1:80!');
});

test("a local source counts as the node's, wherever it is said to come from", t => {
	const services = [service({...withNodePort, externalTrafficPolicy: 'Local'})];
	const slices = [slice({endpoints: [endpoint('10.0.1.1', {node: 'node-1'})]})];
	t.is(show(verdict(testState({services, slices}), NODE, packet(NODE_IP, `${NODE_IP}:3001`, 'TCP', 'outside'))), '10.0.1.1:80!');
});

test("hints for the node's zone", t => {
	const objects = {
		services: [service()],
		slices: [slice({endpoints: [endpoint('10.0.1.1', {zones: ['a']}), endpoint('10.0.1.2', {zones: ['b']})]})],
		nodes: [node(NODE, [NODE_IP], {zone: 'b'})],
	};
	for (const mode of MODES) t.is(show(verdict(testState({mode, ...objects}), NODE, packet(POD, '172.30.0.41:80'))), '10.0.1.2:80');
});

test('affinity is told in seconds, its absence not at all', t => {
	const slices = [slice({endpoints: [endpoint('10.0.1.1')]})];
	for (const mode of MODES) {
		const sticky = verdict(
			testState({
				mode,
				slices,
				services: [service({sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 7}}})],
			}),
			NODE,
			packet(POD, '172.30.0.41:80'),
		);
		t.is(sticky.kind === 'backends' ? sticky.sticky : undefined, 7);
		t.false('sticky' in verdict(testState({mode, slices, services: [service()]}), NODE, packet(POD, '172.30.0.41:80')));
	}
});

test('NodeCIDR: the pods of other nodes are strangers', t => {
	const objects = {
		services: [service()],
		slices: [slice({endpoints: [endpoint('10.0.1.1')]})],
		nodes: [node(NODE, [NODE_IP], {podCIDRs: ['10.0.0.0/24']})],
		proxy: {...proxyConfig, detectLocalMode: 'NodeCIDR'} as const,
	};
	t.is(show(verdict(testState(objects), NODE, packet('10.0.0.9', '172.30.0.41:80'))), '10.0.1.1:80');
	t.is(show(verdict(testState(objects), NODE, packet('10.0.5.9', '172.30.0.41:80', 'TCP', 'outside'))), '10.0.1.1:80!');
});

test("ipvs without local detection masquerades what comes from a Service's address", t => {
	const objects = {
		mode: 'ipvs',
		services: [service()],
		slices: [slice({endpoints: [endpoint('10.0.1.1')]})],
		proxy: {...proxyConfig, detectLocalMode: 'none'},
	} as const;
	t.is(show(verdict(testState(objects), NODE, packet('172.30.0.41', '172.30.0.41:80'))), '10.0.1.1:80!');
});

test('what decides is named', t => {
	const services = [
		service({type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}]}),
	];
	const {because} = verdict(
		testState({services, slices: [slice({endpoints: [endpoint('10.0.1.1', {node: 'node-1'})]})]}),
		NODE,
		packet(OUTSIDE, `${NODE_IP}:3001`),
	);
	t.is(because, 'ns1/svc1:p80 nodePort 3001: externalTrafficPolicy Local, no endpoint on test-node');
});

test('unknown nodes and what is no address are errors', t => {
	t.throws(() => verdict(testState(), 'nowhere', packet(POD, '172.30.0.41:80')), {
		instanceOf: RangeError,
		message: "no node nowhere in the cluster's state: it has test-node, node-1",
	});
	t.throws(() => verdict(testState(), NODE, {...packet(POD, '172.30.0.41:80'), source: 'me'}), {
		instanceOf: RangeError,
		message: 'a packet\'s source must be an IP address, not "me"',
	});
});

test("an endpoint with the node's own address sees its client: what comes in for the node does not pass POSTROUTING", t => {
	const objects = {
		services: [service({type: 'NodePort', ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}]})],
		slices: [slice({endpoints: [endpoint(NODE_IP, {node: NODE}), endpoint('10.0.1.1')]})],
	};
	for (const mode of MODES) {
		const at = (sent: Packet) => show(verdict(testState({mode, ...objects}), NODE, sent));
		t.is(at(packet(OUTSIDE, `${NODE_IP}:3001`)), `10.0.1.1:80! ${NODE_IP}:80`, mode);
		t.is(at(packet(OUTSIDE, '172.30.0.41:80')), `10.0.1.1:80! ${NODE_IP}:80`, mode);
		// The node's own packets pass it on their way out, to loopback as well.
		t.is(at(packet(NODE_IP, '172.30.0.41:80')), `10.0.1.1:80! ${NODE_IP}:80!`, mode);
	}
});

test('a CNI that masquerades what leaves the pod networks', t => {
	const objects = {services: [service()], slices: [slice({endpoints: ['10.0.1.1', '192.0.2.9', NODE_IP].map(ip => endpoint(ip))})]};
	for (const mode of MODES) {
		const at = (source: string, podNetworks?: readonly string[]) =>
			show(verdict(testState({mode, ...objects}), NODE, packet(source, '172.30.0.41:80'), podNetworks && {podNetworks}));
		t.is(at(POD), `10.0.1.1:80 192.0.2.9:80 ${NODE_IP}:80`, mode);
		t.is(at(POD, ['10.0.0.0/8', 'fd00:10::/64']), `10.0.1.1:80 192.0.2.9:80! ${NODE_IP}:80`, mode);
		t.is(at(POD, ['10.9.0.0/16']), `10.0.1.1:80 192.0.2.9:80 ${NODE_IP}:80`, mode);
	}
});

test("what a client sees of a mixture, of the unknown, and of a backend that has the node's own address", t => {
	const state = testState();
	const sent = packet(OUTSIDE, `${NODE_IP}:3001`);
	const backends = (ip: string): Verdict => ({kind: 'backends', because: '', backends: [{ip, port: 80, probability: 1, source: 'kept'}]});
	const mixed = (...verdicts: readonly Verdict[]): Verdict => ({
		kind: 'mixed',
		because: '',
		parts: verdicts.map(each => ({probability: 1 / verdicts.length, verdict: each})),
	});
	const plain = (kind: 'refused' | 'dropped' | 'unknown'): Verdict => ({kind, because: ''});
	const seen = (each: Verdict) => clientSees(state, NODE, sent, each);
	t.is(seen(backends(NODE_IP)), 'answer');
	t.is(seen(backends('10.0.9.9')), 'timeout');
	t.is(seen(mixed(backends(NODE_IP), plain('dropped'))), 'some answers');
	t.is(seen(mixed(backends('10.0.9.9'), plain('dropped'))), 'timeout');
	t.is(seen(mixed(plain('refused'), plain('dropped'))), 'unknown');
	t.is(seen(mixed(backends(NODE_IP), plain('unknown'))), 'unknown');
	t.is(seen(plain('unknown')), 'unknown');
});
