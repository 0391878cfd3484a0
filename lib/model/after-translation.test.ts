import test from 'ava';
import {endpoint, node, proxyConfig, service, slice, state} from './fixtures/objects.ts';
import {show} from './fixtures/flow.ts';
import type {ClusterState} from './state.ts';
import type {Packet} from './verdict.ts';
import {verdict} from './verdict-of.ts';

const VIP = '203.0.113.1';
const POD = '10.0.0.7';
const OUTSIDE = '198.51.100.7';
const NODE_IP = '192.168.0.2';
const OTHER = '172.30.0.42';
const port = (number = 80, nodePort?: number) => [{name: 'p80', port: number, protocol: 'TCP', ...(nodePort !== undefined && {nodePort})}];
const balancer = (wish: Parameters<typeof service>[0] = {}) =>
	service({type: 'LoadBalancer', name: 'other', clusterIP: OTHER, ingress: [{ip: VIP}], ports: port(8080), ...wish});
/** ns1/svc1 with endpoints of these addresses at port 8080, and other Services. */
const cluster = (ips: readonly string[], more: Partial<ClusterState>) =>
	state({
		services: [service({type: 'NodePort', ports: port(80, 30_080)}), ...(more.services ?? [])],
		slices: [slice({ports: port(8080), endpoints: ips.map(ip => endpoint(ip))}), ...(more.slices ?? [])],
		nodes: [node('node-1', [NODE_IP])],
		proxy: {...proxyConfig, clusterCIDRs: ['10.0.0.0/8']},
		serviceCIDRs: ['172.30.0.0/16'],
	});
const to = (source: string, destination: string, number = 80): Packet => ({
	protocol: 'TCP',
	from: source === POD ? 'pod' : source === NODE_IP ? 'node' : 'outside',
	source,
	destination,
	port: number,
});
const toService = (source: string) => to(source, '172.30.0.41');

for (const [name, given, packet, iptables, nftables] of [
	['an address of a Service without endpoints', cluster([VIP], {services: [balancer()]}), toService(POD), 'refused', 'refused'],
	[
		'the same, masqueraded, which iptables lets through',
		cluster([VIP], {services: [balancer()]}),
		toService(OUTSIDE),
		`${VIP}:8080!`,
		'refused',
	],
	['the same, from the node itself', cluster([VIP], {services: [balancer()]}), toService(NODE_IP), `${VIP}:8080!`, 'refused'],
	[
		'the same, on the node itself',
		cluster([NODE_IP], {services: [balancer({ingress: [{ip: NODE_IP}]})]}),
		toService(OUTSIDE),
		'refused',
		'refused',
	],
	[
		'an address of a Service without endpoints here',
		cluster([VIP], {
			services: [balancer({externalTrafficPolicy: 'Local'})],
			slices: [slice({of: 'other', ports: port(8080), endpoints: [endpoint('10.0.1.1')]})],
		}),
		toService(POD),
		'dropped',
		'dropped',
	],
	[
		'a node port without endpoints',
		cluster([NODE_IP], {services: [service({type: 'NodePort', name: 'other', clusterIP: OTHER, ports: port(443, 8080)})]}),
		toService(POD),
		'refused',
		'refused',
	],
	[
		'a source range',
		cluster([VIP], {
			services: [balancer({loadBalancerSourceRanges: ['192.0.2.0/24']})],
			slices: [slice({of: 'other', ports: port(8080), endpoints: [endpoint('10.0.1.1')]})],
		}),
		toService(OUTSIDE),
		'dropped',
		`${VIP}:8080!`,
	],
	[
		'a cluster address with no such port',
		cluster([OTHER], {services: [service({name: 'other', clusterIP: OTHER})]}),
		toService(POD),
		`${OTHER}:8080`,
		'refused',
	],
	['a cluster address that no Service has', cluster(['172.30.9.9'], {}), toService(POD), '172.30.9.9:8080', 'dropped'],
	['one of two', cluster([VIP, '10.0.1.1'], {services: [balancer()]}), toService(POD), 'mixed', 'mixed'],
	['another address', cluster(['10.0.1.1'], {services: [balancer()]}), toService(POD), '10.0.1.1:8080', '10.0.1.1:8080'],
] as const) {
	test(`an endpoint at ${name}`, t => {
		t.is(show(verdict({...given, mode: 'iptables'}, 'node-1', packet)), iptables);
		t.is(show(verdict({...given, mode: 'nftables'}, 'node-1', packet)), nftables);
	});
}

/** A Service that claims an address a second time. */
const twice = (wish: Parameters<typeof service>[0], endpoints: readonly string[]) =>
	state({
		services: [service({type: 'LoadBalancer', ports: port(), ...wish})],
		slices: [slice({ports: port(8080), endpoints: endpoints.map(ip => endpoint(ip))})],
		nodes: [node('node-1', [NODE_IP])],
		proxy: {...proxyConfig, clusterCIDRs: ['10.0.0.0/8']},
	});
const LOCAL = {externalTrafficPolicy: 'Local'};
const RANGES = {loadBalancerSourceRanges: ['192.0.2.0/24']};

for (const [name, given, packet, iptables, nftables] of [
	[
		"an external address as the balancer's, with source ranges",
		twice({...RANGES, externalIPs: [VIP], ingress: [{ip: VIP}]}, ['10.0.1.1']),
		to(OUTSIDE, VIP),
		'10.0.1.1:8080!',
		'dropped',
	],
	[
		"its cluster address as the balancer's",
		twice({...LOCAL, ingress: [{ip: '172.30.0.41'}]}, ['10.0.1.1']),
		toService(OUTSIDE),
		'10.0.1.1:8080!',
		'dropped',
	],
	[
		'its cluster address as an external one, without endpoints here',
		twice({internalTrafficPolicy: 'Local', externalIPs: ['172.30.0.41']}, ['10.0.1.1']),
		toService(OUTSIDE),
		'10.0.1.1:8080!',
		'10.0.1.1:8080!',
	],
] as const) {
	test(`a Service has ${name}`, t => {
		t.is(show(verdict({...given, mode: 'iptables'}, 'node-1', packet)), iptables);
		t.is(show(verdict({...given, mode: 'nftables'}, 'node-1', packet)), nftables);
	});
}

test("nftables masquerades what comes to an external address that is another Service's cluster address, from 1.36", t => {
	const given = (minor: number) =>
		state({
			mode: 'nftables',
			minor,
			services: [service({name: 'other', clusterIP: OTHER, ports: port(1)}), service({...LOCAL, externalIPs: [OTHER]})],
			slices: [slice({ports: port(8080), endpoints: [endpoint('10.0.0.9', {node: 'node-1'})]})],
			nodes: [node('node-1', [NODE_IP])],
		});
	t.is(show(verdict(given(36), 'node-1', to(OUTSIDE, OTHER))), '10.0.0.9:8080!');
	t.is(show(verdict(given(35), 'node-1', to(OUTSIDE, OTHER))), '10.0.0.9:8080');
});
