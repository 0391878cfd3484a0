import test from 'ava';
import {NODES, recordedDump, recordedState} from '../model/rules/fixtures/recorded.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import {difference} from './agree.ts';
import {gatewayOf, recordedNode, recordedSurroundings, rulesOf} from './fixtures/recorded-node.ts';
import {rulesTracer} from './trace.ts';
import {tuplesOf} from './tuples.ts';

const PER_NODE = 800;

for (const mode of ['iptables', 'nftables'] as const) {
	for (const node of NODES) {
		test(`${mode}, ${node}: model and trace say the same about ${PER_NODE} packets`, t => {
			const state = recordedState(mode);
			const model = verdictsOf(state, node, recordedSurroundings(mode, node));
			const trace = rulesTracer(rulesOf(mode, recordedDump(mode, node)), recordedNode(node));
			const tuples = tuplesOf(state, node, {count: PER_NODE, seed: 5, localAddresses: [gatewayOf(node)]});
			const differences = tuples.flatMap(({packet, about}) => {
				const wrong = difference(model(packet), trace(packet));
				return wrong === undefined ? [] : [`${about} ${JSON.stringify(packet)}: ${wrong}`];
			});
			t.deepEqual(differences, []);
			t.is(tuples.length, PER_NODE);
			// Something of everything, or the agreement says little.
			const kinds = new Set(tuples.map(({packet}) => trace(packet)).flatMap(verdict => verdict.kind !== 'backends' ? [verdict.kind] : [
				verdict.sticky === undefined ? 'any' : 'sticky', verdict.backends.length > 5 ? 'many' : 'few', ...verdict.backends.map(({source}) => source),
			]));
			t.deepEqual([...kinds].toSorted(), ['any', 'dropped', 'few', 'kept', 'leaves', 'many', 'node', 'refused', 'rewritten', 'sticky']);
		});
	}
}

test('a CNI that masquerades is seen by the trace, and by the model when it is told', t => {
	const state = recordedState('nftables');
	const trace = rulesTracer(rulesOf('nftables', recordedDump('nftables', 'worker-1')), recordedNode('worker-1'));
	const to = {from: 'pod', source: '10.244.1.77', destination: '10.96.0.1', port: 443, protocol: 'TCP'} as const;
	t.regex(difference(verdictsOf(state, 'worker-1')(to), trace(to)) ?? '', /^172\.18\.0\.2:6443: expected 100 %, found 0 %; 172\.18\.0\.2:6443 \(source rewritten\): .*source rewritten by ip cni-masquerade postrouting: ip saddr 10\.244\.0\.0\/16 ip daddr != 10\.244\.0\.0\/16 oifname "eth0" masquerade/);
	t.is(difference(verdictsOf(state, 'worker-1', {podNetworks: ['10.244.0.0/16']})(to), trace(to)), undefined);
});
