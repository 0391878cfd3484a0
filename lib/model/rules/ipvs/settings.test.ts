import test from 'ava';
import {endpoint, node, proxyConfig, service, slice, state} from '../../fixtures/objects.ts';
import type {IpFamily} from '../../../target.ts';
import type {ClusterState, IpvsConfig, ProxyConfig} from '../../state.ts';
import type {Graph} from '../graph.ts';
import {expectedIpvs} from './expected.ts';

const BALANCED = {
	type: 'LoadBalancer',
	externalTrafficPolicy: 'Local',
	healthCheckNodePort: 32_000,
	ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 30_080}],
};
const ingressOf = {ipv4: [{ip: '203.0.113.1'}], ipv6: [{ip: '2001:db8:1::1'}]} as const;

/** One balanced Service with affinity, a health check and an endpoint on the node, in one family; the ranges are those of both. */
const cluster = (family: IpFamily, proxy: Partial<ProxyConfig>, more: Partial<ClusterState>): ClusterState =>
	state({
		mode: 'ipvs',
		nodes: [node('node-1', ['192.168.0.2', '2001:db8::1'], {podCIDRs: ['10.180.0.0/24', 'fd00:10:180::/64']})],
		proxy: {...proxyConfig, clusterCIDRs: ['10.0.0.0/8', 'fd00:10::/32'], ...proxy},
		services: [
			service({
				...BALANCED,
				clusterIP: family === 'ipv4' ? '172.30.0.41' : 'fd00:172:30::41',
				ingress: ingressOf[family],
				loadBalancerSourceRanges: ['10.0.0.0/8', '198.51.100.7/32', 'fd00:10::/32', '2001:db8:7::7/128'],
				sessionAffinity: 'ClientIP',
				sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}},
			}),
		],
		slices: [
			slice({
				addressType: family === 'ipv4' ? 'IPv4' : 'IPv6',
				endpoints: [endpoint(family === 'ipv4' ? '10.180.0.1' : 'fd00:10:180::1', {node: 'node-1'})],
			}),
		],
		...more,
	});

type Wish = {
	readonly family?: IpFamily;
	readonly proxy?: Partial<ProxyConfig>;
	readonly ipvs?: Partial<IpvsConfig>;
	readonly addresses?: readonly string[];
	readonly state?: Partial<ClusterState>;
};
const graphOf = ({family = 'ipv4', proxy, ipvs, addresses, state: more = {}}: Wish): Graph =>
	expectedIpvs(
		cluster(family, {...proxy, ...(ipvs && {ipvs: {scheduler: 'rr', excludeCIDRs: [], strictARP: false, ...ipvs}})}, more),
		'node-1',
		family,
		{...(addresses && {addresses})},
	);

const texts = (graph: Graph, where: RegExp): readonly string[] =>
	[...graph.values()].filter(each => where.test(each.where)).flatMap(({parts}) => parts.map(({text}) => text));
const places = (graph: Graph, where: RegExp): readonly string[] => [...graph.keys()].filter(each => where.test(each)).toSorted();

const SERVICES = /^nat KUBE-SERVICES$/;
const IN_CLUSTER_IP = '-m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ';
const NOWHERE = [node('node-1', ['2001:db8::1'])];
const WIDE = [service({...BALANCED, ingress: ingressOf.ipv4, loadBalancerSourceRanges: ['0.0.0.0/1']})];
const UNBALANCED = {services: [service({clusterIP: '172.30.0.41'})], slices: []};

for (const [title, wish, where, expected] of [
	['masqueradeAll', {proxy: {masqueradeAll: true}}, SERVICES, IN_CLUSTER_IP],
	['pod networks', {}, SERVICES, `! -s 10.0.0.0/8 ${IN_CLUSTER_IP}`],
	['pods of the node', {proxy: {detectLocalMode: 'NodeCIDR'}}, SERVICES, `! -s 10.180.0.0/24 ${IN_CLUSTER_IP}`],
	['a bridge', {proxy: {detectLocalMode: 'BridgeInterface', localInterface: 'cbr0'}}, SERVICES, `! -i cbr0 ${IN_CLUSTER_IP}`],
	[
		'interfaces by prefix',
		{proxy: {detectLocalMode: 'InterfaceNamePrefix', localInterface: 'veth'}},
		SERVICES,
		`! -i veth+ ${IN_CLUSTER_IP}`,
	],
	[
		'no way to tell local traffic',
		{proxy: {detectLocalMode: 'none'}},
		SERVICES,
		'-m set --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ',
	],
	['the highest bit', {proxy: {masqueradeBit: 31}}, /MARK-MASQ$/, '-j MARK --set-xmark 0x80000000/0x80000000'],
	['the scheduler', {ipvs: {scheduler: 'wrr'}}, /^ipvs TCP 172\.30\.0\.41:80$/, '-s wrr'],
	['the scheduler mh counts ports', {ipvs: {scheduler: 'mh'}}, /^ipvs TCP 172\.30\.0\.41:80$/, '-b mh-port'],
	['affinity', {}, /^ipvs TCP 192\.168\.0\.2:30080$/, '-p 60'],
	['ranges of a single address', {}, /SOURCE-CIDR$/, '203.0.113.1,tcp:80,198.51.100.7'],
	['ranges without the node', {}, /IPVS-OUT-FILTER$/, '-s 203.0.113.1/32 -m ipvs --vproto tcp --vaddr 203.0.113.1 --vport 80 -j DROP'],
	[
		'a node without an address of the family is 127.0.0.1 for kube-proxy',
		{state: {nodes: NOWHERE, services: WIDE}},
		/SOURCE-IP$/,
		'203.0.113.1,tcp:80,203.0.113.1',
	],
	['IPv6, names are cut', {family: 'ipv6'}, /^ipset KUBE-6-LOAD-BALANCER-SOURCE-CID$/, '2001:db8:1::1,tcp:80,2001:db8:7::7'],
	['IPv6, a set', {family: 'ipv6'}, /^ipset KUBE-6-NODE-PORT-LOCAL-SCTP-HAS$/, 'create hash:ip,port family inet6 maxelem 65536'],
	['IPv6, an endpoint', {family: 'ipv6'}, /^ipvs TCP \[fd00:172:30::41\]:80$/, '-r [fd00:10:180::1]:80 -m -w 1'],
	['IPv6, localhost', {family: 'ipv6'}, SERVICES, '-s ::1/128 -j RETURN'],
	['IPv6, an address', {family: 'ipv6'}, /^kube-ipvs0$/, '2001:db8:1::1/128'],
	[
		'IPv6, a refusal',
		{family: 'ipv6'},
		/IPVS-FILTER$/,
		'-m conntrack --ctstate NEW -m set --match-set KUBE-6-IPVS-IPS dst -j REJECT --reject-with icmp6-port-unreachable',
	],
] as const satisfies ReadonlyArray<readonly [string, Wish, RegExp, string]>)
	test(title, t => {
		const found = texts(graphOf(wish), where);
		t.is(found.filter(text => text === expected).length, 1, found.join('\n'));
	});

for (const [title, wish, where, absent] of [
	[
		'a range that holds the node lets its own packets through',
		{state: {services: [service({...BALANCED, ingress: ingressOf.ipv4, loadBalancerSourceRanges: ['192.168.0.0/24']})]}},
		/IPVS-OUT-FILTER$/,
		/./,
	],
	["a load balancer's address that the node has is not bound", {addresses: ['203.0.113.1']}, /^kube-ipvs0$|IPVS-IPS$/, /203\.0\.113\.1/],
	[
		'rules for sets that are empty',
		{state: UNBALANCED},
		/^(?:nat|filter) KUBE-(?!IPVS-FILTER)/,
		/LOAD-BALANCER|EXTERNAL-IP|LOOP-BACK|NODE-PORT-/,
	],
	['a health port whose NodePort has no address', {proxy: {nodePortAddresses: ['198.51.100.0/24']}}, /NODE-PORT/, /^\d+$/],
	['kubelet holds nothing in IPv6', {family: 'ipv6'}, /KUBE-FIREWALL$|^filter (?:INPUT|OUTPUT)$/, /KUBE-FIREWALL|127/],
] as const satisfies ReadonlyArray<readonly [string, Wish, RegExp, RegExp]>)
	test(`not there: ${title}`, t => {
		t.deepEqual(
			texts(graphOf(wish), where).filter(text => absent.test(text)),
			[],
		);
	});

for (const [title, wish, expected] of [
	['all addresses but link-local ones', {family: 'ipv6', addresses: ['fe80::1', '::1', 'fd00:9::2']}, ['[2001:db8::1]', '[fd00:9::2]']],
	[
		'one network',
		{proxy: {nodePortAddresses: ['192.168.0.0/16']}, addresses: ['192.168.7.7', '10.180.0.254']},
		['192.168.0.2', '192.168.7.7'],
	],
	['the primary address', {proxy: {nodePortAddresses: ['primary']}, addresses: ['192.168.7.7']}, ['192.168.0.2']],
	[
		"a network that holds Services' addresses, which are on an interface too",
		{proxy: {nodePortAddresses: ['172.16.0.0/12']}},
		['172.30.0.41'],
	],
	['a network of localhost', {proxy: {nodePortAddresses: ['127.0.0.0/8']}}, []],
] as const satisfies ReadonlyArray<readonly [string, Wish, readonly string[]]>)
	test(`NodePorts on ${title}`, t => {
		t.deepEqual(
			places(graphOf(wish), /^ipvs .*:30080$/),
			expected.map(ip => `ipvs TCP ${ip}:30080`),
		);
	});

test('there is no canary, and every set', t => {
	const graph = graphOf({state: {services: []}});
	t.deepEqual(places(graph, /CANARY/), []);
	t.is(places(graph, /^ipset KUBE-(?!6-)/).length, 17);
	t.deepEqual(places(graph, /^ipvs /), []);
	t.deepEqual(graph.get('kube-ipvs0')?.parts, []);
});
