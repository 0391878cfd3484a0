import test from 'ava';
import {mutate} from '../../test/fuzz/mutate.ts';
import {randomFrom} from '../random.ts';
import {parseIpsetSave} from '../facts/parse/ipset-save.ts';
import {parseIptablesSave} from '../facts/parse/iptables-save.ts';
import {parseNft} from '../facts/parse/nft.ts';
import {recordedDump, recordedState, type RecordedMode} from '../model/rules/fixtures/recorded.ts';
import {gatewayOf, recordedNode} from './fixtures/recorded-node.ts';
import {base, brief, dumpOf, from, HERE, OUTSIDE, POD, rulesetOf, saved, VIP} from './fixtures/small.ts';
import {rulesTracer, traceIptables, traceNft} from './trace.ts';
import {tuplesOf} from './tuples.ts';

const TO_VIP = from(POD, `${VIP}:80`);
const FOR_MS = 1000;
/** On a busy machine too: the first of them hold every kind of verdict. */
const AT_LEAST = 10;

for (const mode of ['iptables', 'nftables'] as const) {
	test(`damaged dumps of ${mode}: each packet has a verdict`, t => {
		const random = randomFrom(11);
		const whole = recordedDump(mode, 'worker-1');
		const packets = tuplesOf(recordedState(mode), 'worker-1', {count: 300, seed: 3, localAddresses: [gatewayOf('worker-1')]}).map(
			({packet}) => packet,
		);
		const kinds = new Set<string>();
		const end = performance.now() + FOR_MS;
		for (let round = 0; round < AT_LEAST || performance.now() < end; round++) {
			// Small parts of the text are damaged, so that most of it still says something.
			const at = Math.floor(random() * whole.length);
			const text =
				random() < 0.2
					? mutate(whole, random)
					: `${whole.slice(0, at)}${mutate(whole.slice(at, at + 2000), random)}${whole.slice(at + 2000)}`;
			const trace = rulesTracer(
				mode === 'iptables'
					? {
							iptables: parseIptablesSave(text, 'ipv4'),
							ipset: parseIpsetSave(mutate('create a hash:ip\nadd a 10.0.0.1\n', random)),
						}
					: {nft: parseNft(text)},
				recordedNode('worker-1'),
			);
			for (let times = 0; times < 10; times++) {
				const packet = packets[Math.floor(random() * packets.length)]!;
				const verdict = trace(packet);
				kinds.add(verdict.kind);
				if (
					verdict.because === '' ||
					(verdict.kind === 'backends' &&
						Math.abs(verdict.backends.reduce((sum, {probability}) => sum + probability, 0) - 1) > 1e-9)
				)
					return t.fail(JSON.stringify({packet, verdict}));
			}
		}
		t.true(kinds.has('unknown') && kinds.has('backends'));
	});
}

const brokenNft = (more: object) => parseNft(JSON.stringify({nftables: [{table: {family: 'ip', name: 't'}}, more]}));

/** Dumps that were not understood, the verdict, and whether it says why. */
const ODD: ReadonlyArray<readonly [name: string, verdict: ReturnType<typeof traceIptables>, expected: string, because: RegExp]> = [
	[
		'a table that was cut off',
		traceIptables(
			parseIptablesSave(saved({nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80']}).replace('COMMIT', ''), 'ipv4'),
			HERE,
			TO_VIP,
		),
		'unknown',
		/table nat has no COMMIT/,
	],
	[
		'a line of something else',
		traceIptables(parseIptablesSave(`error: no\n${saved({})}`, 'ipv4'), HERE, TO_VIP),
		'unknown',
		/not a line of iptables-save: error: no/,
	],
	[
		'a rule on the way that is not understood',
		traceIptables(dumpOf({nat: ['-A PREROUTING -j one', '-A one -d 1.2.3.4/32 --odd -j DROP']}), HERE, TO_VIP),
		'unknown',
		/rule that is not understood: --odd belongs to no module, at nat one: -A one -d 1\.2\.3\.4\/32 --odd -j DROP, reached by/,
	],
	[
		'a rule elsewhere that is not understood',
		traceIptables(dumpOf({nat: ['-A PREROUTING -p udp -j one', '-A one --odd -j DROP']}), HERE, TO_VIP),
		'leaves',
		/no rule translates/,
	],
	[
		'a rule after the one that decides',
		traceIptables(dumpOf({nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80', '-A PREROUTING --odd -j DROP']}), HERE, TO_VIP),
		'10.0.0.9:80',
		/^nat PREROUTING/,
	],
	[
		'a rule before the one that would decide',
		traceIptables(dumpOf({nat: ['-A PREROUTING --odd -j DROP', '-A PREROUTING -j DNAT --to-destination 10.0.0.9:80']}), HERE, TO_VIP),
		'unknown',
		/--odd belongs to no module/,
	],
	[
		'a table that iptables cannot show',
		traceIptables(parseIptablesSave(`# Table \`nat' is incompatible, use 'nft' tool.\n${saved({filter: []})}`, 'ipv4'), HERE, TO_VIP),
		'unknown',
		/cannot show all of nat/,
	],
	['text that is no ruleset', traceNft(parseNft('{'), HERE, TO_VIP), 'unknown', /not JSON/],
	[
		'a rule of a chain that is not there',
		traceNft(brokenNft({rule: {family: 'ip', table: 't', chain: 'c', expr: []}}), HERE, TO_VIP),
		'unknown',
		/a rule of a chain that is not declared/,
	],
];

for (const [name, verdict, expected, because] of ODD) {
	test(`not understood: ${name}`, t => {
		t.is(brief(verdict), expected);
		t.regex(verdict.because, because);
	});
}

test('rules of iptables and of nftables are walked together', t => {
	const iptables = dumpOf({nat: ['-A PREROUTING -j DNAT --to-destination 192.0.2.9:80']});
	const nft = rulesetOf({'ip cni': [base('post', 'nat', 'postrouting', 110), {rule: ['post', {masquerade: null}]}]});
	t.is(brief(traceIptables(iptables, HERE, TO_VIP)), '192.0.2.9:80');
	t.is(brief(rulesTracer({iptables, nft}, HERE)(TO_VIP)), '192.0.2.9:80!');
});

test('what iptables-nft keeps in nftables is not walked twice', t => {
	const rule = '-A FORWARD -m statistic --mode random --probability 0.50000000000 -j DROP';
	const nft = rulesetOf({
		'ip filter': [base('FORWARD', 'filter', 'forward', 0), {rule: ['FORWARD', {xt: {type: 'match', name: 'statistic'}}, {drop: null}]}],
		'ip nat': [base('PREROUTING', 'nat', 'prerouting', -100), {rule: ['PREROUTING', {dnat: {addr: '10.0.0.9', port: 80}}]}],
	});
	const header = (tool: string) =>
		parseIptablesSave(`# Generated by iptables-save v1.8.9 (${tool}) on Sat\n${saved({filter: [rule]})}`, 'ipv4');
	t.is(brief(rulesTracer({iptables: header('nf_tables'), nft}, HERE)(TO_VIP)), '50% 10.0.0.9:80, 50% dropped');
	// Legacy rules are others.
	t.is(rulesTracer({iptables: header('legacy'), nft}, HERE)(TO_VIP).kind, 'unknown');
});

test('a table that iptables cannot show is taken from nftables', t => {
	const iptables = parseIptablesSave(
		`# Generated by iptables-save v1.8.9 (nf_tables) on Sat\n# Table \`nat' is incompatible, use 'nft' tool.\n${saved({filter: []})}`,
		'ipv4',
	);
	const nft = rulesetOf({
		'ip nat': [base('PREROUTING', 'nat', 'prerouting', -100), {rule: ['PREROUTING', {dnat: {addr: '10.0.0.9', port: 80}}]}],
	});
	t.is(brief(rulesTracer({iptables, nft}, HERE)(TO_VIP)), '10.0.0.9:80');
});

test('ways without end are not walked to the end', t => {
	const names = Array.from({length: 40}, (_, at) => `c${at}`);
	const rules = names.flatMap((name, at) => [`-A ${name} -j ${names[at + 1] ?? 'end'}`, `-A ${name} -j ${names[at + 1] ?? 'end'}`]);
	const verdict = traceIptables(dumpOf({filter: ['-A FORWARD -j c0', ...rules, '-A end -p udp -j DROP']}), HERE, TO_VIP);
	t.is(verdict.kind, 'unknown');
	t.regex(verdict.because, /more ways through the rules/);
});

test('a thousand choices, and chains in a row', t => {
	const rules = Array.from(
		{length: 1000},
		(_, at) =>
			`-A svc -m statistic --mode random --probability ${1 / (1000 - at)} -j DNAT --to-destination 10.1.${Math.floor(at / 250)}.${at % 250}:80`,
	);
	const verdict = traceIptables(dumpOf({nat: ['-A PREROUTING -j svc', ...rules]}), HERE, TO_VIP);
	t.true(
		verdict.kind === 'backends' &&
			verdict.backends.length === 1000 &&
			verdict.backends.every(({probability}) => Math.abs(probability - 0.001) < 1e-9),
	);
	const deep = Array.from({length: 150}, (_, at) => `-A d${at} -j d${at + 1}`);
	t.regex(traceIptables(dumpOf({filter: ['-A FORWARD -j d0', ...deep, '-A d150 -j DROP']}), HERE, TO_VIP).because, /deeper than/);
});

test('addresses in any spelling; what is none is an error', t => {
	const dump = dumpOf({filter: [`-A FORWARD -d ${VIP}/32 -j DROP`]});
	t.is(traceIptables(dump, HERE, {...TO_VIP, destination: '172.030.000.041'}).kind, 'dropped');
	t.throws(() => traceIptables(dump, HERE, {...TO_VIP, source: 'me'}), {
		instanceOf: RangeError,
		message: 'a packet\'s source must be an IP address, not "me"',
	});
	t.is(traceIptables(dump, HERE, from(OUTSIDE, `${VIP}:80`)).kind, 'dropped');
});

const modes: readonly RecordedMode[] = ['iptables', 'nftables'];
test('a verdict names the rules of the Service', t => {
	const because = modes.map(mode => {
		const service = recordedState(mode).services.find(({metadata}) => metadata?.name === 'plain');
		const trace = rulesTracer(
			mode === 'iptables'
				? {iptables: parseIptablesSave(recordedDump(mode, 'worker-1'), 'ipv4')}
				: {nft: parseNft(recordedDump(mode, 'worker-1'))},
			recordedNode('worker-1'),
		);
		return trace(from('10.244.1.77', `${service?.spec?.clusterIP}:80`)).because;
	});
	t.regex(because[0]!, /^nat KUBE-SERVICES: .*"shop\/plain cluster IP".* -j KUBE-SVC-4L2NZUDU6Y3XKD7W, reached by nat PREROUTING/);
	t.regex(
		because[1]!,
		/^ip kube-proxy service-WQD7W5U3-shop\/plain\/tcp\/: meta l4proto tcp dnat to numgen random mod 3 .*, reached by ip kube-proxy services: /,
	);
});
