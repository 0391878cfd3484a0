import test from 'ava';
import {base, brief, dumpOf, from, HERE, NODE_IP, POD, rulesetOf, VIP} from './fixtures/small.ts';
import {rulesTracer, type Rules} from './trace.ts';

const DNAT = '-A PREROUTING -d 172.30.0.41/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.9:8080';
/** What no trace can tell. */
const DOUBT = '-m u32 --u32 "0=1"';
const filter = (...rules: readonly string[]): Rules => ({iptables: dumpOf({nat: [DNAT], filter: rules})});
const dropping = (...rules: readonly string[]): Rules => ({iptables: dumpOf({nat: [DNAT], filter: rules}, ['filter FORWARD'])});
const times = (count: number, rule: (at: number) => string): readonly string[] => Array.from({length: count}, (_, at) => rule(at));
const forward = (...rules: ReadonlyArray<readonly object[]>): Rules => ({
	nft: rulesetOf({'ip t': [base('f', 'filter', 'forward', 0), ...rules.map(statements => ({rule: ['f', ...statements] as const}))]}),
});
const SKUID = {match: {op: '==', left: {meta: {key: 'priority'}}, right: 7}};

const ROWS: ReadonlyArray<readonly [what: string, rules: Rules, expected: string | RegExp, source?: string]> = [
	['accepted either way', filter(`-A FORWARD ${DOUBT} -j ACCEPT`), '10.0.0.9:8080'],
	['dropped either way', filter(`-A FORWARD ${DOUBT} -j DROP`, '-A FORWARD -j DROP'), /^dropped: filter FORWARD: -A FORWARD -j DROP$/],
	['dropped by the policy either way', dropping(`-A FORWARD ${DOUBT} -j DROP`), /^dropped: filter FORWARD: policy drop$/],
	[
		'refused or dropped',
		filter(`-A FORWARD ${DOUBT} -j REJECT`, '-A FORWARD -j DROP'),
		/^unknown: -m u32 .* at filter FORWARD: .* -j REJECT$/,
	],
	['accepted or dropped', dropping(`-A FORWARD ${DOUBT} -j ACCEPT`), /^unknown: -m u32/],
	['returned from a chain either way', filter('-A FORWARD -j a', ...times(20, () => `-A a ${DOUBT} -j RETURN`)), '10.0.0.9:8080'],
	[
		'chains without an end of their own',
		filter(...times(20, at => `-A FORWARD ${DOUBT} -j c${at}`), ...times(20, at => `-A c${at}`)),
		'10.0.0.9:8080',
	],
	['a share of what may match', filter(`-A FORWARD ${DOUBT} -m statistic --mode random --probability 0.5 -j DROP`), /^unknown: -m u32/],
	[
		'beside what is certain',
		filter('-A FORWARD -m statistic --mode random --probability 0.25 -j DROP', `-A FORWARD ${DOUBT} -j ACCEPT`),
		'25% dropped, 75% 10.0.0.9:8080',
	],
	['a doubt within a doubt', dropping(`-A FORWARD ${DOUBT} -j a`, '-A FORWARD -j ACCEPT', `-A a ${DOUBT} -j ACCEPT`), '10.0.0.9:8080'],
	[
		'a doubt within a doubt, of which one matters',
		filter(`-A FORWARD ${DOUBT} -j a`, `-A a ${DOUBT} -j DROP`),
		/^unknown: -m u32 .*-A (?:FORWARD|a) -m u32/,
	],
	[
		'many that matter',
		dropping(
			...times(9, () => `-A FORWARD ${DOUBT} -j MARK --set-xmark 0x1/0x1`),
			`-A FORWARD ${DOUBT} -j ACCEPT`,
			'-A FORWARD -j DROP',
		),
		/^unknown: /,
	],
	['a translation that may be', {iptables: dumpOf({nat: [DNAT.replace('-p tcp', `-p tcp ${DOUBT}`)]})}, /^unknown: -m u32/],
	[
		'a translation that is made either way',
		{iptables: dumpOf({nat: [DNAT.replace('-p tcp', `-p tcp ${DOUBT}`), DNAT]})},
		'10.0.0.9:8080',
	],
	['nftables: accepted either way', forward([SKUID, {accept: null}]), 'leaves'],
	['nftables: dropped either way', forward([SKUID, {drop: null}], [{drop: null}]), /^dropped: ip t f: drop$/],
	['nftables: dropped or not', forward([SKUID, {drop: null}]), /^unknown: meta priority/],
	['nftables: two doubts in one rule', forward([SKUID, {accept: null}], [SKUID, {counter: null}, SKUID, {accept: null}]), 'leaves'],
	['of the node itself', filter(`-A OUTPUT ${DOUBT} -j ACCEPT`), 'leaves', NODE_IP],
];

for (const [what, rules, expected, source = POD] of ROWS)
	test(`a doubt: ${what}`, t => {
		const verdict = rulesTracer(rules, HERE)(from(source, `${VIP}:80`));
		const [short, told] = [brief(verdict), `${verdict.kind}: ${verdict.because}`];
		if (typeof expected === 'string') t.is(short, expected);
		else t.regex(told, expected);
	});

const SOCKET: ReadonlyArray<readonly [match: string, to: string, holds: boolean | '?']> = [
	['-m socket', `${VIP}:80`, false],
	['-m socket --transparent', `${VIP}:80`, false],
	['-m socket --transparent', `${NODE_IP}:80`, false],
	['-m socket', `${NODE_IP}:80`, '?'],
	['-m socket --nowildcard', `${VIP}:80`, '?'],
];
for (const [match, to, holds] of SOCKET)
	test(`${match}, to ${to}: ${holds}`, t => {
		const verdict = rulesTracer({iptables: dumpOf({mangle: [`-A PREROUTING ${match} -j DROP`]})}, HERE)(from(POD, to));
		t.is(verdict.kind === 'unknown' ? '?' : verdict.kind === 'dropped', holds, verdict.because);
	});

test('nothing but what the node itself sends has an owner', t => {
	const of = (chain: string, match: string, source: string) =>
		brief(rulesTracer({iptables: dumpOf({mangle: [`-A ${chain} -m owner ${match} -j DROP`]})}, HERE)(from(source, `${VIP}:80`)));
	t.is(of('POSTROUTING', '--uid-owner 0', POD), 'leaves');
	t.is(of('POSTROUTING', '! --uid-owner 0', POD), 'dropped');
	t.is(of('POSTROUTING', '--uid-owner 0 ! --gid-owner 0', POD), 'leaves');
	t.is(of('OUTPUT', '--uid-owner 0', NODE_IP), 'unknown');
});

test('a pod behind a gateway sends by an interface that routes do not tell, but those of Cilium', t => {
	const by = (device: string, ...rules: readonly string[]) =>
		brief(
			rulesTracer(filter(...rules), {
				...HERE,
				routes: [{destination: '10.0.0.0/24', device, gateway: '10.0.0.1', type: 'unicast', table: 'main'}],
			})(from(POD, `${VIP}:80`)),
		);
	t.is(by('gw0', '-A FORWARD -i gw0 -j DROP'), 'unknown');
	t.is(by('gw0', '-A FORWARD -i gw0 -j ACCEPT'), '10.0.0.9:8080');
	t.is(by('cilium_host', '-A FORWARD -i lxc+ -j DROP'), 'dropped');
	t.is(by('cilium_host', '-A FORWARD -i cilium_host -j DROP'), '10.0.0.9:8080');
});

test('what a program decides is told as such', t => {
	const queue = filter('-A FORWARD -p tcp -j NFQUEUE --queue-num 7 --queue-bypass');
	t.regex(
		rulesTracer(queue, HERE)(from(POD, `${VIP}:80`)).because,
		/^a program of the node decides about them, in queue 7, at filter FORWARD: /,
	);
	t.regex(
		rulesTracer(forward([{queue: {num: 101, flags: 'bypass'}}]), HERE)(from(POD, `${VIP}:80`)).because,
		/in queue 101, at ip t f: /,
	);
});

test('rules of the other tool are told with its name', t => {
	const rules = {iptables: dumpOf({nat: [DNAT]}), iptablesLegacy: dumpOf({filter: ['-A FORWARD -j DROP']})};
	const nft = {...rules, iptables: {...rules.iptables, backend: 'nft'} as const};
	t.is(rulesTracer(nft, HERE)(from(POD, `${VIP}:80`)).because, 'legacy filter FORWARD: -A FORWARD -j DROP');
});
