import test from 'ava';
import {compare} from './compare.ts';
import {dumpedCase} from './fixtures/ipvs-dumps.ts';
import {BOUND, device, ipvsFacts, link, TEXTS} from './fixtures/ipvs-node.ts';
import type {Change} from './fixtures/ipvs-node.ts';
import {ruleGraphs} from './graphs.ts';
import type {ClusterState, IpvsConfig} from '../state.ts';

const {state, node, family, addresses} = dumpedCase('1.36-ranges');
const graphs = (change: Change = {}, of: ClusterState = state) => ruleGraphs(of, node, family, ipvsFacts(change));
const told = (...given: Parameters<typeof graphs>): readonly string[] => {
	const both = graphs(...given);
	return both.ok
		? compare(both.value.expected, both.value.actual).map(
				({kind, where, text, actual}) => `${kind} ${where}: ${text}${actual === undefined ? '' : ` / ${actual}`}`,
			)
		: [`${both.source}: ${both.why}`];
};

test('a node in ipvs mode is what it should be', t => {
	t.deepEqual(told(), []);
	t.like(graphs(), {ok: true, source: 'iptables; ipset; ipvs; addresses', value: {remainder: []}});
});

const withIpvs = (ipvs: Partial<IpvsConfig>): ClusterState => ({
	...state,
	proxy: {...state.proxy, ipvs: {scheduler: 'rr', excludeCIDRs: [], strictARP: false, ...ipvs}},
});
const ON_ETH0_TOO = JSON.stringify([device('eth0', [...addresses, '192.168.99.138']), device('kube-ipvs0', BOUND)]);
const CASES: ReadonlyArray<readonly [title: string, change: Change, expected: readonly string[], of?: ClusterState]> = [
	[
		'an address of another interface must not be bound, and takes NodePorts',
		{addresses: ON_ETH0_TOO},
		[
			'foreign ipset KUBE-IPVS-IPS: 192.168.99.138',
			'foreign kube-ipvs0: 192.168.99.138/32',
			'missing ipset KUBE-NODE-PORT-SCTP-HASH: 192.168.99.138,sctp:30285',
			...['SCTP 192.168.99.138:30285', 'TCP 192.168.99.138:30775', 'TCP 192.168.99.138:31174', 'UDP 192.168.99.138:30080'].map(
				at => `missing ipvs ${at}: (whole set)`,
			),
		],
	],
	['no kube-ipvs0', {links: JSON.stringify([link('eth0', 2)])}, ['missing kube-ipvs0: (whole set)']],
	[
		'a kube-ipvs0 without addresses',
		{addresses: JSON.stringify([device('eth0', addresses)])},
		BOUND.map(ip => `missing kube-ipvs0: ${ip}/32`),
	],
	[
		'ARP is answered though it must not be',
		{},
		['arp_announce = 2 / net.ipv4.conf.all.arp_announce = 0', 'arp_ignore = 1 / net.ipv4.conf.all.arp_ignore = 0'].map(
			rest => `changed sysctl: net.ipv4.conf.all.${rest}`,
		),
		withIpvs({strictARP: true}),
	],
	[
		'connections are not tracked',
		{sysctls: TEXTS.sysctls.replace('conntrack = 1', 'conntrack = 0')},
		['changed sysctl: net.ipv4.vs.conntrack = 1 / net.ipv4.vs.conntrack = 0'],
	],
	[
		'a kernel without one of the settings',
		{sysctls: TEXTS.sysctls.replace('net.ipv4.vs.expire_nodest_conn = 1\n', '')},
		['missing sysctl: net.ipv4.vs.expire_nodest_conn = 1'],
	],
	["somebody else's virtual server", {ipvs: `${TEXTS.ipvs}-A -t 192.0.2.9:80 -s rr\n`}, [], withIpvs({excludeCIDRs: ['192.0.2.0/24']})],
	['ipset could not be asked', {ipset: undefined}, ['ipset: exit code 1']],
	['ipvsadm could not be asked', {ipvs: undefined}, ['ipvs: exit code 1']],
	['the interfaces are not known', {links: undefined}, ['links: exit code 1']],
	[
		'a version that is not known',
		{},
		['lib/model: the rules of ipvs mode are known for kube-proxy 1.35 to 1.37, this is 1.34'],
		{...state, minor: 34},
	],
];
for (const [title, change, expected, of] of CASES)
	test(title, t => {
		t.deepEqual(told(change, of).toSorted(), expected.toSorted());
	});

test('what a tool says and nobody understands is told', t => {
	const both = graphs({ipvs: `${TEXTS.ipvs}-A -f 1 -s rr\n`});
	t.deepEqual(both.ok && both.value.remainder.map(({text}) => text), ['-A -f 1 -s rr']);
});
