import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {parseSave, removal, type SavedRule} from './iptables-save.ts';
import {lastEndpointRule} from './m2-endpoint-rule.ts';
import {dispatchRules} from './m4-dispatch.ts';
import {hostPortRules} from './m21-host-port.ts';
import {refusingRules} from './m24-refusal.ts';
import {affinityRules} from './m26-affinity.ts';
import {choosingRules} from './service-chains.ts';

// Of a worker with Services echo (affinity, TCP and UDP), plain and nobody (no endpoints) in namespace fx, and two pods with host port 18080.
const rules = parseSave(readFileSync(join(import.meta.dirname, 'fixtures', 'iptables-save.txt'), 'utf8'), 'ipv4');
const places = (found: readonly SavedRule[]): readonly string[] => found.map(({table, chain, position}) => `${table} ${chain} ${position}`);

test('parseSave: tables, places, comments, targets', t => {
	t.like(rules.find(({chain, position}) => chain === 'KUBE-SVC-N4OTAVDYFLQ46Q7W' && position === 4), {table: 'nat', comment: 'fx/plain -> 10.244.3.2:8080', target: 'KUBE-SEP-PBNJS4ZS7AYAKPFW'});
	t.like(rules.find(({chain}) => chain === 'CNI-HOSTPORT-DNAT'), {comment: 'dnat name: "vipcheck" id: "4ef99be1f78dc2adc790dcd581e14fd5017a5a922b3ea8b26a8ca82092ffbfb9"', target: 'CNI-DN-d95be2eadf65906e29c13'});
	t.like(rules.find(({chain}) => chain === 'INPUT'), {table: 'filter', position: 1});
});

for (const [fault, found, expected] of [
	['M2: the DNAT rule of the last endpoint', [lastEndpointRule(rules, 'fx')], ['nat KUBE-SEP-AQGSUNWZRWSVMRM5 2']],
	['M3: the first choosing rule', choosingRules(rules, 'fx', 2).slice(0, 1), ['nat KUBE-SVC-5EAVE574RVF3VKQM 5']],
	['M4: cluster IP and node port', dispatchRules(rules, 'fx'), ['nat KUBE-NODEPORTS 1', 'nat KUBE-NODEPORTS 2', 'nat KUBE-NODEPORTS 3', 'nat KUBE-NODEPORTS 4', 'nat KUBE-SERVICES 2', 'nat KUBE-SERVICES 3', 'nat KUBE-SERVICES 7']],
	['M21: one pod\'s host port', hostPortRules(rules, '10.244.1.4'), ['nat CNI-DN-d95be2eadf65906e29c13 3']],
	['M21: not that of an address that begins alike', hostPortRules(rules, '10.244.1'), []],
	['M24: both ports', refusingRules(rules, 'fx'), ['filter KUBE-SERVICES 1', 'filter KUBE-SERVICES 2']],
	['M26: three endpoints, two ports', affinityRules(rules, 'fx'), [2, 3, 4].map(n => `nat KUBE-SVC-5EAVE574RVF3VKQM ${n}`).concat([2, 3, 4].map(n => `nat KUBE-SVC-MB3QEDJD6NRUS3MO ${n}`))],
	['another namespace', dispatchRules(rules, 'f'), []],
] as const) test(`found: ${fault}`, t => t.deepEqual(places(found), expected));

test('a Service that is not there cannot be broken', t => {
	t.throws(() => lastEndpointRule(rules, 'gone'), {message: 'there is no KUBE-SVC chain of gone with 1 endpoints to break'});
});

test('removal: out from the bottom, back in from the top, each with its own words', t => {
	const {inject, undo} = removal('worker-1', refusingRules(rules, 'fx').toReversed());
	t.deepEqual(inject, [{kind: 'run', node: 'worker-1', argv: ['iptables-restore', '-w', '--noflush'], stdin: '*filter\n-D KUBE-SERVICES 2\n-D KUBE-SERVICES 1\nCOMMIT\n'}]);
	t.like(undo[0], {kind: 'run', node: 'worker-1', stdin: '*filter\n-I KUBE-SERVICES 1 -d 10.96.2.240/32 -p udp -m comment --comment "fx/nobody:udp has no endpoints" -m udp --dport 81 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n'});
	t.is(undo.length, 2);
	const first = undo[0];
	t.deepEqual(first?.kind === 'run' ? first.argv.slice(4) : [], ['filter', 'KUBE-SERVICES', refusingRules(rules, 'fx')[0]?.line, 'iptables']);
});
