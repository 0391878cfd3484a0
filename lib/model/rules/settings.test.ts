import test from 'ava';
import {endpoint, node, proxyConfig, service, slice, state} from '../fixtures/objects.ts';
import type {IpFamily} from '../../target.ts';
import type {ClusterState, ProxyConfig} from '../state.ts';
import type {Graph} from './graph.ts';
import {expectedIptables} from './iptables/expected.ts';
import {expectedNftables} from './nftables/expected.ts';

const CLUSTER_IPS = {ipv4: '172.30.0.41', ipv6: 'fd00:172:30::41'} as const;
const PODS = {ipv4: '10.180.0.1', ipv6: 'fd00:10:180::1'} as const;

/** One NodePort Service with affinity and one endpoint on the node, in one family. */
const cluster = (family: IpFamily, proxy: Partial<ProxyConfig> = {}): Omit<ClusterState, 'mode'> =>
	state({
		services: [
			service({
				type: 'NodePort',
				clusterIP: CLUSTER_IPS[family],
				externalTrafficPolicy: 'Local',
				ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30_080}],
				sessionAffinity: 'ClientIP',
				sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}},
			}),
		],
		slices: [slice({addressType: family === 'ipv4' ? 'IPv4' : 'IPv6', endpoints: [endpoint(PODS[family], {node: 'node-1'})]})],
		nodes: [node('node-1', ['192.168.0.2', '2001:db8::1'], {podCIDRs: ['10.180.0.0/24', 'fd00:10:180::/64']})],
		proxy: {...proxyConfig, clusterCIDRs: ['10.0.0.0/8', 'fd00:10::/32'], ...proxy},
		serviceCIDRs: ['172.30.0.0/16', 'fd00:172:30::/112'],
	});

const iptables = (family: IpFamily, proxy?: Partial<ProxyConfig>, addresses?: readonly string[]): Graph =>
	expectedIptables({...cluster(family, proxy), mode: 'iptables'}, 'node-1', family, {...(addresses && {addresses})});
const nftables = (family: IpFamily, proxy?: Partial<ProxyConfig>, addresses?: readonly string[]): Graph =>
	expectedNftables({...cluster(family, proxy), mode: 'nftables'}, 'node-1', family, {...(addresses && {addresses})});

const texts = (graph: Graph, where: RegExp): readonly string[] =>
	[...graph.values()].filter(each => where.test(each.where)).flatMap(({parts}) => parts.map(({text}) => text));

const MASQUERADE = /KUBE-SVC-/;
const TAIL = /^nat KUBE-SERVICES$/;

for (const [title, graph, where, expected] of [
	[
		'iptables, masqueradeAll',
		iptables('ipv4', {masqueradeAll: true}),
		MASQUERADE,
		'-d 172.30.0.41/32 -p tcp --dport 80 -j KUBE-MARK-MASQ',
	],
	[
		'iptables, pods of the node',
		iptables('ipv4', {detectLocalMode: 'NodeCIDR'}),
		MASQUERADE,
		'! -s 10.180.0.0/24 -d 172.30.0.41/32 -p tcp --dport 80 -j KUBE-MARK-MASQ',
	],
	[
		'iptables, a bridge',
		iptables('ipv4', {detectLocalMode: 'BridgeInterface', localInterface: 'cbr0'}),
		MASQUERADE,
		'-d 172.30.0.41/32 ! -i cbr0 -p tcp --dport 80 -j KUBE-MARK-MASQ',
	],
	[
		'iptables, interfaces by prefix',
		iptables('ipv4', {detectLocalMode: 'InterfaceNamePrefix', localInterface: 'veth'}),
		/KUBE-EXT-/,
		'-i veth+ -j KUBE-SVC-XPGD46QRK7WJZT7O',
	],
	['iptables, another bit', iptables('ipv4', {masqueradeBit: 15}), /MARK-MASQ$/, '-j MARK --set-xmark 0x8000/0x8000'],
	['iptables, the highest bit', iptables('ipv4', {masqueradeBit: 31}), /MARK-MASQ$/, '-j MARK --set-xmark 0x80000000/0x80000000'],
	[
		'iptables, no NodePorts on localhost',
		iptables('ipv4', {localhostNodePorts: false}),
		TAIL,
		'! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
	],
	[
		'iptables, NodePorts on one network',
		iptables('ipv4', {nodePortAddresses: ['192.168.0.0/24']}, ['192.168.0.7', '10.0.0.1']),
		TAIL,
		'-d 192.168.0.7/32 -j KUBE-NODEPORTS',
	],
	[
		'iptables, primary NodePort addresses',
		iptables('ipv4', {nodePortAddresses: ['primary']}),
		TAIL,
		'-d 192.168.0.2/32 -j KUBE-NODEPORTS',
	],
	[
		'iptables, NodePorts on localhost as well',
		iptables('ipv4', {nodePortAddresses: ['127.0.0.0/8']}),
		TAIL,
		'-d 127.0.0.1/32 -j KUBE-NODEPORTS',
	],
	[
		'iptables, NodePorts on localhost and the primary address',
		iptables('ipv4', {nodePortAddresses: ['localhost', 'primary']}),
		TAIL,
		'-d 127.0.0.1/32 -j KUBE-NODEPORTS',
	],
	[
		'iptables, NodePorts on the primary address and localhost',
		iptables('ipv4', {nodePortAddresses: ['localhost', 'primary']}),
		TAIL,
		'-d 192.168.0.2/32 -j KUBE-NODEPORTS',
	],
	['iptables IPv6, dispatch', iptables('ipv6'), TAIL, '-d fd00:172:30::41/128 -p tcp --dport 80 -j KUBE-SVC-XPGD46QRK7WJZT7O'],
	['iptables IPv6, no NodePorts on localhost', iptables('ipv6'), TAIL, '! -d ::1/128 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'],
	[
		'iptables IPv6, off-cluster traffic',
		iptables('ipv6'),
		MASQUERADE,
		'! -s fd00:10::/32 -d fd00:172:30::41/128 -p tcp --dport 80 -j KUBE-MARK-MASQ',
	],
	[
		'iptables IPv6, an endpoint',
		iptables('ipv6'),
		/KUBE-SEP-/,
		/^-p tcp -m recent --set --name KUBE-SEP-[A-Z2-7]{16} --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource -j DNAT --to-destination \[fd00:10:180::1\]:80$/,
	],
	[
		'nftables, masqueradeAll',
		nftables('ipv4', {masqueradeAll: true}),
		/chain services$/,
		'ip daddr @cluster-ips meta mark set meta mark | 0x4000',
	],
	[
		'nftables, interfaces by prefix',
		nftables('ipv4', {detectLocalMode: 'InterfaceNamePrefix', localInterface: 'veth'}),
		/chain services$/,
		'ip daddr @cluster-ips iifname != "veth*" meta mark set meta mark | 0x4000',
	],
	[
		'nftables, NodePorts on all addresses',
		nftables('ipv4', {nodePortAddresses: ['0.0.0.0/0']}),
		/chain services$/,
		'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
	],
	[
		'nftables, NodePorts on all addresses, by name, beside others',
		nftables('ipv4', {nodePortAddresses: ['primary', 'all', '10.0.0.0/8']}),
		/chain services$/,
		'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
	],
	[
		'nftables, NodePorts on one network',
		nftables('ipv4', {nodePortAddresses: ['192.168.0.0/24']}, ['192.168.0.7', '127.0.0.1']),
		/set nodeport-ips$/,
		'192.168.0.7',
	],
	[
		'nftables IPv6, dispatch',
		nftables('ipv6'),
		/map service-ips$/,
		'fd00:172:30::41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80',
	],
	['nftables IPv6, unused addresses', nftables('ipv6'), /cluster-ips-check$/, 'ip6 daddr fd00:172:30::/112 drop'],
	['nftables IPv6, an endpoint', nftables('ipv6'), /chain endpoint-/, 'meta l4proto tcp dnat to [fd00:10:180::1]:80'],
	['nftables IPv6, hairpin', nftables('ipv6'), /hairpin-connections$/, 'fd00:10:180::1 . fd00:10:180::1 . tcp . 80'],
	[
		'nftables IPv6, NodePorts on all addresses',
		nftables('ipv6', {nodePortAddresses: ['::/0']}),
		/nodeport-endpoints-check$/,
		'ip6 daddr != ::1 meta l4proto . th dport vmap @no-endpoint-nodeports',
	],
] as const)
	test(title, t => {
		const found = texts(graph, where);
		t.is(found.filter(text => (typeof expected === 'string' ? text === expected : expected.test(text))).length, 1, found.join('\n'));
	});

for (const [title, graph, where, expected] of [
	[
		'iptables, no way to tell local traffic: nothing is masqueraded for it',
		iptables('ipv4', {detectLocalMode: 'none'}),
		MASQUERADE,
		/MARK-MASQ/,
	],
	['iptables, conntrack liberal: invalid packets pass', iptables('ipv4', {tcpBeLiberal: true}), /KUBE-FORWARD$/, /INVALID/],
	['iptables IPv6: no rule against martians', iptables('ipv6'), /filter KUBE-FIREWALL$/, /./],
	[
		'iptables, no NodePorts on localhost: none is counted',
		iptables('ipv4', {localhostNodePorts: false}),
		/nat KUBE-NODEPORTS$/,
		/nfacct/,
	],
	['nftables, NodePorts on all addresses: no set of them', nftables('ipv4', {nodePortAddresses: ['0.0.0.0/0']}), /nodeport-ips$/, /./],
] as const)
	test(title, t => {
		t.deepEqual(
			texts(graph, where).filter(text => expected.test(text)),
			[],
		);
	});

test('nftables: where a Service claims its cluster address again, only the last element is expected', t => {
	const again = {
		...cluster('ipv4'),
		services: [
			service({
				type: 'LoadBalancer',
				externalIPs: [CLUSTER_IPS.ipv4],
				ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30_080}],
			}),
		],
		mode: 'nftables' as const,
	};
	t.deepEqual(texts(expectedNftables(again, 'node-1', 'ipv4'), /map service-ips$/).slice(1), [
		'172.30.0.41 . tcp . 80 : goto external-ULMVA6XW-ns1/svc1/tcp/p80',
	]);
	t.true([...expectedNftables(again, 'node-1', 'ipv4').values()].every(({parts}) => parts.every(part => part.or === undefined)));
});
