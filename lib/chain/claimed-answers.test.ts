import test from 'ava';
import {knownDefect} from '../check/known.ts';
import {parseConntrack} from '../facts/parse/conntrack.ts';
import type {Mode} from '../target.ts';
import {claimedAnswers} from './claimed-answers.ts';
import type {WalkedNode} from './facts.ts';

const node = (name: string, lines: readonly string[], mode: Mode = 'ipvs'): WalkedNode =>
	({
		name,
		state: {ok: true, value: {mode}, source: ''},
		facts: {
			conntrack: {ok: true, value: parseConntrack(lines.join('\n')), source: ''},
			conntrackIpv6: {ok: false, why: '', source: ''},
		},
	}) as unknown as WalkedNode;

/** A connection of worker-2's own to a ClusterIP, masqueraded to its port 40123, that nobody has answered. */
const HANGS =
	'ipv4 2 tcp 6 115 SYN_SENT src=172.18.0.12 dst=10.96.52.102 sport=37000 dport=80 [UNREPLIED] ' +
	'src=10.244.1.5 dst=172.18.0.12 sport=8080 dport=40123 mark=0 use=1';
/** One of a minute ago, from the same port to the node port of worker-1, which was masqueraded there. */
const BEFORE =
	'ipv4 2 tcp 6 70 TIME_WAIT src=172.18.0.12 dst=172.18.0.11 sport=40123 dport=30080 ' +
	'src=10.244.1.5 dst=172.18.0.12 sport=8080 dport=40123 [ASSURED] mark=0 use=1';
const TOLD =
	'ip_vs of worker-1 takes what 10.244.1.5:8080 answers 172.18.0.12:40123 (tcp, unanswered at worker-2) for an answer of ' +
	'172.18.0.11:30080, as it remembers a connection from there';

test('what the walk says of it is what is known upstream by it', t => {
	const chain = [{name: '', layer: 'conntrack', state: 'broken', finding: TOLD, evidence: []}] as const;
	t.is(knownDefect({mode: 'ipvs', version: '1.37.2'}, 'clusterip/reach', {chain})?.id, 'ip-vs-claims-answers');
	t.is(knownDefect({mode: 'iptables', version: '1.37.2'}, 'clusterip/reach', {chain}), undefined);
});

const pods = {
	ok: true,
	value: [
		{metadata: {namespace: 'shop'}, status: {podIP: '10.244.1.5'}},
		{metadata: {namespace: 'other'}, status: {podIP: '10.244.1.6'}},
	],
	source: '',
} as const;
const both = (address: string) => [BEFORE, HANGS].map(line => line.replaceAll('10.244.1.5', address)) as [string, string];

for (const [what, nodes, told] of [
	['the same port', [node('worker-1', [BEFORE]), node('worker-2', [HANGS])], [TOLD]],
	['the same port in another mode', [node('worker-1', [BEFORE], 'iptables'), node('worker-2', [HANGS], 'iptables')], []],
	['another port', [node('worker-1', [BEFORE.replaceAll('40123', '40124')]), node('worker-2', [HANGS])], []],
	['another pod', [node('worker-1', [BEFORE.replaceAll('10.244.1.5', '10.244.1.6')]), node('worker-2', [HANGS])], []],
	['a pod of another namespace', [node('worker-1', [both('10.244.1.6')[0]]), node('worker-2', [both('10.244.1.6')[1]])], []],
	['one of more than a minute ago', [node('worker-1', [BEFORE]), node('worker-2', [HANGS.replace('6 115', '6 59')])], []],
	['an answered one', [node('worker-1', [BEFORE]), node('worker-2', [HANGS.replace('SYN_SENT', 'ESTABLISHED')])], []],
	[
		'a client that hangs by its own Service alone',
		[node('worker-1', []), node('worker-2', [HANGS.replace('dport=40123', 'dport=37000')])],
		[],
	],
	[
		'a datagram to a pod after one to its Service, by one node',
		[
			node('worker-2', [
				'ipv4 2 udp 17 25 src=10.244.2.7 dst=10.244.1.5 sport=20058 dport=8081 [UNREPLIED] src=10.244.1.5 dst=10.244.2.7 sport=8081 dport=20058 mark=0 use=1',
				'ipv4 2 udp 17 25 src=10.244.2.7 dst=10.96.0.9 sport=20058 dport=80 src=10.244.1.5 dst=10.244.2.7 sport=8081 dport=20058 mark=0 use=1',
			]),
		],
		[
			'ip_vs of worker-2 takes what 10.244.1.5:8081 answers 10.244.2.7:20058 (udp, unanswered at worker-2) for an answer of ' +
				'10.96.0.9:80, as it remembers a connection from there',
		],
	],
] as const)
	test(`an answer that ip_vs takes for another's: ${what}`, t => {
		t.deepEqual(claimedAnswers({nodes, family: 'ipv4', namespace: 'shop', pods}), told);
	});
