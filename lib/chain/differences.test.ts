import test from 'ava';
import {differenceText} from '../model/rules/difference-text.ts';
import {dumpedCase} from '../model/rules/fixtures/ipvs-dumps.ts';
import {BOUND, device, ipvsFacts, link, TEXTS} from '../model/rules/fixtures/ipvs-node.ts';
import type {Change} from '../model/rules/fixtures/ipvs-node.ts';
import {differencesOn} from './differences.ts';

const {state, node, addresses} = dumpedCase('1.36-ranges');

/** Of the namespace shop, whose Service s0 has 172.30.2.103. */
const told = (change: Change): {readonly own: readonly string[]; readonly shared: readonly string[]} => {
	const found = differencesOn(
		{name: node, ip: '192.168.0.2', suspected: true, facts: ipvsFacts(change), state: {ok: true, value: state, source: 'there'}},
		{namespace: 'shop', family: 'ipv4'},
	);
	if (!found.ok) throw new Error(found.why);
	const texts = (differences: typeof found.value.own) => differences.map(each => differenceText({...each, node: 'node-1'}));
	return {own: texts(found.value.own), shared: texts(found.value.shared)};
};

const more = (name: 'ipset' | 'ipvs', start: string, line: string): Change => ({[name]: TEXTS[name].replace(start, `${line}\n${start}`)});
const less = (name: 'ipset' | 'ipvs' | 'iptables', line: string): Change => ({
	[name]: TEXTS[name]
		.split('\n')
		.filter(each => !each.includes(line))
		.join('\n'),
});
const bound = (...ips: readonly string[]): Change => ({
	addresses: JSON.stringify([device('eth0', addresses), device('kube-ipvs0', ips)]),
	links: JSON.stringify([link('kube-ipvs0', 2)]),
});

for (const [title, change, own, shared] of [
	['nothing', {}, [], []],
	[
		'an entry of the namespace',
		less('ipset', 'KUBE-CLUSTER-IP 172.30.2.103,udp:80'),
		['ipset KUBE-CLUSTER-IP on node-1 lacks 172.30.2.103,udp:80 (shop/s0:http)'],
		[],
	],
	['an entry of another', less('ipset', 'KUBE-CLUSTER-IP 172.30.0.121'), [], []],
	[
		'an entry too many that holds an address of the namespace',
		more('ipset', 'add KUBE-CLUSTER-IP 172.30.0.121', 'add KUBE-CLUSTER-IP 172.30.2.103,tcp:9'),
		['ipset KUBE-CLUSTER-IP on node-1 has 172.30.2.103,tcp:9, which nothing asks for'],
		[],
	],
	['an entry too many of somebody', more('ipset', 'add KUBE-CLUSTER-IP 172.30.0.121', 'add KUBE-CLUSTER-IP 172.30.9.9,tcp:9'), [], []],
	[
		'a virtual server too many at an address of the namespace',
		more('ipvs', '-A -t 172.30.2.103:1 ', '-A -t 172.30.2.103:9 -s rr'),
		['ipvs TCP 172.30.2.103:9 on node-1 is there, and nothing asks for it'],
		[],
	],
	['a virtual server too many of somebody', more('ipvs', '-A -t 172.30.2.103:1 ', '-A -t 172.30.9.9:9 -s rr'), [], []],
	[
		'an address that is not bound',
		bound(...BOUND.filter(ip => ip !== '172.30.2.103')),
		['kube-ipvs0 on node-1 lacks 172.30.2.103/32 (shop/s0:dns-tcp)'],
		[],
	],
	['an address of somebody that is bound', bound(...BOUND, '172.30.9.9'), [], []],
	['a set that all need', less('ipset', 'KUBE-EXTERNAL-IP hash'), [], ['ipset KUBE-EXTERNAL-IP on node-1 is missing']],
	['a rule that all need', less('iptables', '-j KUBE-IPVS-FILTER'), [], ['filter INPUT on node-1 lacks -j KUBE-IPVS-FILTER']],
] as const satisfies ReadonlyArray<readonly [string, Change, readonly string[], readonly string[]]>) {
	test(`ipvs: ${title}`, t => {
		t.deepEqual(told(change), {own: [...own], shared: [...shared]});
	});
}
