import test from 'ava';
import {endpoint, node, service, slice, state} from './fixtures/objects.ts';
import {expectedIptables} from './rules/iptables/expected.ts';
import {expectedNftables} from './rules/nftables/expected.ts';
import {verdict} from './verdict-of.ts';

const VIP = '203.0.113.1';

/** kube-proxy takes loopback for the address of a node that has none in the family (detectNodeIPs of cmd/kube-proxy/app/server.go), so a range that holds loopback lets in the load balancer's own address. */
const cluster = (range: string) =>
	state({
		services: [
			service({
				type: 'LoadBalancer',
				ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30_080}],
				loadBalancerSourceRanges: [range],
				ingress: [{ip: VIP}],
			}),
		],
		slices: [slice({endpoints: [endpoint('10.0.0.1', {node: 'node-1'})]})],
		nodes: [node('node-1', ['2001:db8::1'])],
	});

for (const [range, isIn] of [
	['0.0.0.0/1', true],
	['127.0.0.1/32', true],
	['10.0.0.0/8', false],
] as const) {
	test(`a node without an IPv4 address, sources ${range}: the balancer's own address is ${isIn ? 'let in' : 'dropped'}`, t => {
		const given = cluster(range);
		const iptables = [...expectedIptables(given, 'node-1', 'ipv4').values()].flatMap(({where, parts}) =>
			where.includes('KUBE-FW-') ? parts.map(({pieces}) => pieces[0] ?? '') : [],
		);
		t.is(iptables.includes(`-s ${VIP}/32`), isIn, iptables.join('\n'));
		const nftables = [...expectedNftables({...given, mode: 'nftables'}, 'node-1', 'ipv4').values()].flatMap(({where, parts}) =>
			where.includes('firewall-') && where.includes('/') ? parts.map(({text}) => text) : [],
		);
		t.is(nftables.join(' ').includes(VIP), isIn, nftables.join('\n'));
		for (const mode of ['iptables', 'nftables', 'ipvs'] as const) {
			t.is(
				verdict({...given, mode}, 'node-1', {protocol: 'TCP', from: 'outside', source: VIP, destination: VIP, port: 80}).kind,
				isIn ? 'backends' : 'dropped',
				mode,
			);
		}
	});
}
