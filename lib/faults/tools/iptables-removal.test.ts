import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {parseIptablesSave} from '../../facts/parse/iptables-save.ts';
import {actualIptables} from '../../model/rules/iptables/actual.ts';
import {stubShell} from '../../../test/stub-shell.ts';
import {endpointRule} from '../endpoint-rule.ts';
import {dispatch} from '../dispatch.ts';
import {hostPortRules} from '../host-port.ts';
import {refusal} from '../refusal.ts';
import {affinityLost} from '../affinity-lost.ts';
import {skewedChoice} from '../skewed-choice.ts';
import {dispatchWrongPort} from '../dispatch-wrong-port.ts';
import {hairpinMasquerade} from '../hairpin-masquerade.ts';
import {masqueradeMissing} from '../masquerade-missing.ts';
import {masqueradeStrangers} from '../masquerade-strangers.ts';
import {masqueraded} from '../masqueraded.ts';
import type {Edit} from './edit.ts';
import {rulesOf} from './look-at.ts';
import {writing, type Breach} from './rule-fault.ts';

// Of a worker with Services echo (affinity, TCP and UDP), plain and nobody (no endpoints) in namespace fx, and two pods with host port 18080.
const text = readFileSync(join(import.meta.dirname, 'fixtures', 'iptables-save.txt'), 'utf8');
const rules = rulesOf(parseIptablesSave(text, 'ipv4'));
const graph = actualIptables(parseIptablesSave(text, 'ipv4'));
const broken = (breach: Breach, namespace = 'fx'): readonly Edit[] => breach(graph, namespace);
const places = (edits: readonly Edit[]): readonly string[] =>
	edits.map(
		edit =>
			`${edit.where} ${edit.kind === 'take' && edit.part ? (graph.get(edit.where)?.parts.indexOf(edit.part) ?? 0) + 1 : edit.kind}`,
	);
const plan = async (edits: readonly Edit[]) =>
	writing(edits, {node: {name: 'worker-1', shell: stubShell({'iptables-save': text})}, family: 'ipv4', graph});

for (const [fault, found, expected] of [
	['endpoint-rule: the DNAT rule of the last endpoint', broken(endpointRule.iptables), ['nat KUBE-SEP-AQGSUNWZRWSVMRM5 2']],
	['skewed-choice: the first choosing rule', broken(skewedChoice.iptables), ['nat KUBE-SVC-5EAVE574RVF3VKQM 5']],
	[
		'dispatch: cluster IP and node port',
		broken(dispatch),
		[
			'nat KUBE-NODEPORTS 1',
			'nat KUBE-NODEPORTS 2',
			'nat KUBE-NODEPORTS 3',
			'nat KUBE-NODEPORTS 4',
			'nat KUBE-SERVICES 2',
			'nat KUBE-SERVICES 3',
			'nat KUBE-SERVICES 7',
		],
	],
	['refusal: both ports', broken(refusal.iptables), ['filter KUBE-SERVICES 1', 'filter KUBE-SERVICES 2']],
	[
		'affinity-lost: three endpoints, two ports',
		broken(affinityLost),
		[2, 3, 4].map(n => `nat KUBE-SVC-5EAVE574RVF3VKQM ${n}`).concat([2, 3, 4].map(n => `nat KUBE-SVC-MB3QEDJD6NRUS3MO ${n}`)),
	],
	['masquerade-missing: by node port', broken(masqueradeMissing), ['nat KUBE-EXT-5EAVE574RVF3VKQM 1', 'nat KUBE-EXT-MB3QEDJD6NRUS3MO 1']],
	['masqueraded: what lets pass what has no mark', broken(masqueraded.iptables), ['nat KUBE-POSTROUTING 1']],
	[
		'masquerade-strangers: of the namespace alone',
		broken(masqueradeStrangers.iptables),
		['nat KUBE-SVC-5EAVE574RVF3VKQM 1', 'nat KUBE-SVC-MB3QEDJD6NRUS3MO 1', 'nat KUBE-SVC-N4OTAVDYFLQ46Q7W 1'],
	],
	[
		'hairpin-masquerade: three endpoints of three ports',
		broken(hairpinMasquerade.iptables).slice(0, 2),
		['nat KUBE-SEP-AFTVK2V4OXRORKMV 1', 'nat KUBE-SEP-AQGSUNWZRWSVMRM5 1'],
	],
	['another namespace', broken(dispatch, 'f'), []],
] as const)
	test(`found: ${fault}`, t => t.deepEqual(places(found), expected));

for (const [title, ip, expected] of [
	["one pod's host port", '10.244.1.4', ['nat CNI-DN-d95be2eadf65906e29c13 3']],
	['not that of an address that begins alike', '10.244.1', []],
] as const)
	test(`host-port: ${title}`, t =>
		t.deepEqual(
			hostPortRules(rules, ip).map(({table, chain, position}) => `${table} ${chain} ${position}`),
			expected,
		));

test('a Service that is not there cannot be broken', t => {
	t.throws(() => broken(endpointRule.iptables, 'gone'), {message: 'there is no KUBE-SVC chain of gone with 1 endpoints to break'});
});

test('removal: out from the bottom, back in from the top, each with its own words', async t => {
	const {inject, undo} = await plan(broken(refusal.iptables).toReversed());
	t.deepEqual(inject, [
		{
			kind: 'run',
			node: 'worker-1',
			argv: ['iptables-restore', '-w', '--noflush'],
			stdin: '*filter\n-D KUBE-SERVICES 2\n-D KUBE-SERVICES 1\nCOMMIT\n',
		},
	]);
	t.like(undo[0], {
		kind: 'run',
		node: 'worker-1',
		stdin: '*filter\n-I KUBE-SERVICES 1 -d 10.96.2.240/32 -p udp -m comment --comment "fx/nobody:udp has no endpoints" -m udp --dport 81 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n',
	});
	t.is(undo.length, 2);
	const first = undo[0];
	t.deepEqual(first?.kind === 'run' ? first.argv.slice(4) : [], [
		'filter',
		'KUBE-SERVICES',
		rules.find(({table, chain}) => table === 'filter' && chain === 'KUBE-SERVICES')?.text,
		'iptables',
	]);
});

test('dispatch-wrong-port: a rule before all others, and out again', async t => {
	const {inject, undo} = await plan(broken(dispatchWrongPort.iptables));
	const rule = ['-p', 'tcp', '--dport', '81', '-j', 'KUBE-SVC-5EAVE574RVF3VKQM'];
	t.like(inject, [{argv: ['iptables', '-w', '-t', 'nat', '-I', 'KUBE-SERVICES', ...rule]}]);
	t.like(undo, [{argv: ['sh', '-c', '"$@" 2>/dev/null || true', 'sh', 'iptables', '-w', '-t', 'nat', '-D', 'KUBE-SERVICES', ...rule]}]);
});
