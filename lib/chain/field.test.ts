import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import test from 'ava';
import {fieldText} from '../facts/fixtures/field.ts';
import {parseObjects} from '../facts/parse/objects.ts';
import {recordedDump} from '../model/rules/fixtures/recorded.ts';
import {chainText, detailOf} from './chain.ts';
import {facts, ok, type Change} from './fixtures/healthy.ts';
import {walk} from './walk.ts';

const told = (change: Change): string => {
	const chain = walk(facts(change));
	return chain.broken ? `${chain.broken.layer}: ${detailOf(chain)}` : 'nothing';
};

/** Lines for the table `filter` of a healthy node; a policy of its FORWARD chain replaces the one that is there. */
const filtered = (lines: string, node: 'worker-1' | 'worker-2' = 'worker-2'): string => {
	const chains = lines.split('\n').filter(line => line.startsWith(':') && !line.startsWith(':FORWARD'));
	const rules = lines.split('\n').filter(line => line.startsWith('-A'));
	const dump = recordedDump('iptables', node).replace(/\*filter\n(?::.*\n)+/, found => `${found}${[...chains, ...rules, ''].join('\n')}`);
	return lines.includes(':FORWARD DROP') ? dump.replace(/(\*filter\n(?::.*\n)*?):FORWARD ACCEPT/, '$1:FORWARD DROP') : dump;
};

/** Rules before all others of a table. */
const first = (table: string, rule: string, node: 'worker-1' | 'worker-2' = 'worker-2'): string => {
	const dump = recordedDump('iptables', node);
	return dump.includes(`*${table}\n`)
		? dump.replace(new RegExp(`\\*${table}\\n(?::.*\\n)+`), found => `${found}${rule}\n`)
		: `*${table}\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n${dump}`;
};

const FLANNEL = fieldText('forward-drop-cni-accepts.txt');
const RULE = (text: string): string => `host-firewall: ${text}`;

const CASES: ReadonlyArray<readonly [title: string, change: Change, expected: string | RegExp]> = [
	['a default-deny INPUT', {texts: {iptables: filtered(fieldText('input-deny.txt'))}}, 'nothing'],
	['a default-deny INPUT of the other node', {otherTexts: {iptables: filtered(fieldText('input-deny.txt'), 'worker-1')}}, 'nothing'],
	[
		'a policy of FORWARD that drops, beside the rules of Docker',
		{texts: {iptables: filtered(fieldText('forward-drop.txt'))}},
		RULE('filter FORWARD on worker-2 has the policy DROP and no rule that accepts them'),
	],
	['the same policy, and a CNI that accepts', {texts: {iptables: filtered(FLANNEL)}}, 'nothing'],
	[
		'the same, of a CNI for another network',
		{texts: {iptables: filtered(FLANNEL.replaceAll('10.244.0.0/16', '10.42.0.0/16'))}},
		RULE('filter FORWARD on worker-2 has the policy DROP and no rule that accepts them'),
	],
	[
		"a DROP of another's in raw PREROUTING",
		{texts: {iptables: first('raw', '-A PREROUTING -p tcp -m tcp --dport 80 -j DROP')}},
		RULE('raw on worker-2: -A PREROUTING -p tcp -m tcp --dport 80 -j DROP'),
	],
	[
		"a DNAT of another's before KUBE-SERVICES",
		{texts: {iptables: first('nat', '-A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.99:80')}},
		RULE('nat on worker-2: -A PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.99:80'),
	],
	[
		"a MASQUERADE of another's on the endpoint's node",
		{otherTexts: {iptables: first('nat', '-A POSTROUTING -p tcp -m tcp --dport 8080 -j MASQUERADE', 'worker-1')}},
		RULE('nat on worker-1: -A POSTROUTING -p tcp -m tcp --dport 8080 -j MASQUERADE'),
	],
	[
		'a rule that drops a share of SYNs',
		{
			texts: {
				iptables: filtered(
					'-A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m statistic --mode random --probability 0.2 -j DROP',
				),
			},
		},
		RULE(
			'filter on worker-2: -A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m statistic --mode random --probability 0.2 -j DROP',
		),
	],
	[
		"a table of nft's kube-proxy beside iptables mode, of another time",
		{texts: {nft: recordedDump('nftables', 'worker-2')}},
		/^rules: ip kube-proxy service-\w+-shop\/[\w-]+\/tcp\/ on worker-2: meta l4proto tcp dnat to /,
	],
	[
		'nft that drops a share',
		{
			texts: {
				nft: JSON.stringify({
					nftables: [
						{table: {family: 'inet', name: 'guard'}},
						{chain: {family: 'inet', table: 'guard', name: 'c', type: 'filter', hook: 'forward', prio: -5, policy: 'accept'}},
						{
							rule: {
								family: 'inet',
								table: 'guard',
								chain: 'c',
								expr: [{match: {op: '<', left: {numgen: {mode: 'random', mod: 10, offset: 0}}, right: 3}}, {drop: null}],
							},
						},
					],
				}),
			},
		},
		/^host-firewall: inet guard c on worker-2: numgen random mod 10 < 3 drop$/,
	],
	[
		"another's chain, in nftables mode",
		{
			mode: 'nftables',
			texts: {
				iptables: '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -p tcp -j DROP\nCOMMIT\n',
			},
		},
		RULE('filter on worker-2: -A FORWARD -p tcp -j DROP'),
	],
];

for (const [title, change, expected] of CASES)
	test(`first broken: ${title}`, t => {
		const line = told(change);
		if (typeof expected === 'string') t.is(line, expected);
		else t.regex(line, expected);
	});

test('a slice of which the port has another name than that of its Service', t => {
	const {objects} = parseObjects(fieldText('slice-port-name.yaml'));
	const [service, slice] = objects as unknown as readonly [V1Service, V1EndpointSlice];
	const withName = (name: string) => () => ({
		services: ok([service]),
		slices: ok([{...slice, ports: [{...slice.ports![0]!, name}]}]),
		pods: ok([]),
		dials: [],
	});
	t.is(
		told({facts: withName('')}),
		'endpoints: no EndpointSlice of demo/database has a port named "sql": EndpointSlice demo/database-1 (managed by nobody) names ""',
	);
	t.regex(told({facts: withName('SQL')}), /^endpoints: .* names "SQL"$/);
	t.false(told({facts: withName('sql')}).startsWith('endpoints'));
});

test('conntrack without -o extended has entries, and a dump of which nothing is understood is unknown', t => {
	const hopOf = (conntrack: string) => walk(facts({texts: {conntrack}})).hops.find(({layer}) => layer === 'conntrack');
	t.like(hopOf(fieldText('conntrack-list.txt')), {state: 'ok', evidence: ['worker-2: 2 entries']});
	const odd = hopOf('something else\nand more\n');
	t.is(odd?.state, 'unknown');
	t.regex(odd?.finding ?? '', /^worker-2: conntrack: line 1 is not understood: something else .*\(and 1 more\)$/);
	t.is(hopOf(`${fieldText('conntrack-list.txt')}tcp 6 garbled\n`)?.state, 'unknown');
});

test('attempts of TCP that a node did not translate, to what it serves now, are told, and nothing is wrong', t => {
	const entry = (seconds: number, from: string, to: string, answers: string): string => {
		const [source, sport, destination, dport, replies, port] = [from, to, answers].flatMap(text => text.split(':'));
		const asked = `src=${source} dst=${destination} sport=${sport} dport=${dport}`;
		return `ipv4 2 tcp 6 ${seconds} SYN_SENT ${asked} [UNREPLIED] src=${replies} dst=${source} sport=${port} dport=${sport} mark=0 use=1\n`;
	};
	const hopOf = (...entries: readonly string[]) =>
		walk(facts({texts: {conntrack: entries.join('')}})).hops.find(({layer}) => layer === 'conntrack');
	const [served, nobodys] = ['10.96.156.17:80', '10.96.156.17:8443'];
	t.like(hopOf(entry(31, '10.244.2.9:4242', served, served), entry(94, '10.244.2.9:4244', served, served)), {
		state: 'ok',
		evidence: [
			'worker-2: 2 entries',
			'worker-2 remembers tcp 10.244.2.9:4244 → 10.96.156.17:80 and 1 more from before this was served: for 94 s a client that asks ' +
				'from that port again is lost',
		],
	});
	const one = {state: 'ok', evidence: ['worker-2: 1 entries']};
	t.like(hopOf(entry(94, '10.244.2.9:4244', served, '10.244.1.3:8080')), one, 'translated: its endpoint is silent');
	t.like(hopOf(entry(94, '10.244.2.9:4244', nobodys, nobodys)), one, 'no Service has that port');
});

test('where no hop is proven broken, what is suspected is told', t => {
	const text = chainText(walk(facts({texts: {conntrack: 'something else\n'}})));
	t.regex(text, /^no broken hop was found\nsuspected: conntrack: worker-2: conntrack: line 1 is not understood: something else/);
});
