import test from 'ava';
import {parseNft} from '../facts/parse/nft.ts';
import {recordedDump} from '../model/rules/fixtures/recorded.ts';
import {base, dumpOf, from, HERE, OUTSIDE, POD, rulesetOf} from './fixtures/small.ts';
import {recordedNode} from './fixtures/recorded-node.ts';
import {masqueradesOf} from './masquerade.ts';
import type {Rules} from './trace.ts';

const match = (field: string, op: string, address: string, length: number) => ({
	match: {op, left: {payload: {protocol: 'ip', field}}, right: {prefix: {addr: address, len: length}}},
});
const MASQUERADE = {masquerade: null};

/** Of what a pod sends to another node's pod, and to the world. */
const told = (rules: Rules) => ['10.0.1.2:80', `${OUTSIDE}:80`].map(to => masqueradesOf(rules, HERE)(from(POD, to)));
const nftOf = (...statements: readonly object[]) =>
	told({nft: rulesetOf({'ip cni': [base('post', 'nat', 'postrouting', 100), {rule: ['post', ...statements]}]})});

test("of a recorded node: the rule of its CNI, none of kube-proxy's", t => {
	const masquerades = masqueradesOf({nft: parseNft(recordedDump('nftables', 'worker-1'))}, recordedNode('worker-1'));
	t.deepEqual(
		['172.18.0.2:6443', '10.244.2.9:80'].map(to => masquerades(from('10.244.1.77', to))),
		[true, false],
	);
});

test('nft: what comes from a network and does not go there', t => {
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), match('daddr', '!=', '10.0.0.0', 8), MASQUERADE), [false, true]);
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), MASQUERADE), [true, true]);
	t.deepEqual(nftOf(match('saddr', '==', '10.0.0.0', 8), match('daddr', '!=', '10.0.0.0', 8), {accept: null}), [false, false]);
	t.deepEqual(nftOf({'odd thing': 1}, MASQUERADE), [undefined, undefined]);
});

for (const [how, rules, expected] of [
	['the rule of a network', ['-A POSTROUTING -j CNI', '-A CNI -s 10.0.0.0/16 ! -d 10.0.0.0/16 -j MASQUERADE'], [false, true]],
	[
		'flannel: returns for its networks, and masquerades the rest',
		[
			'-A POSTROUTING -j KUBE-POSTROUTING',
			'-A POSTROUTING -j FLANNEL-POSTRTG',
			'-A KUBE-POSTROUTING -j MASQUERADE',
			'-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -j RETURN',
			'-A FLANNEL-POSTRTG -s 10.0.0.0/24 -d 10.0.0.0/16 -j RETURN',
			'-A FLANNEL-POSTRTG -s 10.0.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE --random-fully',
		],
		[false, true],
	],
	[
		'ip-masq-agent: returns for networks, and masquerades whatever is left',
		[
			'-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT',
			'-A IP-MASQ-AGENT -d 10.0.0.0/8 -j RETURN',
			'-A IP-MASQ-AGENT -d 203.0.113.0/24 -j RETURN',
			'-A IP-MASQ-AGENT -j MASQUERADE',
		],
		[false, false],
	],
	['a set that is not known', ['-A POSTROUTING -m set --match-set pools src -j MASQUERADE'], [undefined, undefined]],
	['nothing', ['-A PREROUTING -j DNAT --to-destination 10.0.0.1'], [false, false]],
] as const)
	test(`iptables: ${how}`, t => {
		t.deepEqual(told({iptables: dumpOf({nat: rules, filter: ['-A FORWARD -j DROP']})}), [...expected]);
	});
