import test from 'ava';
import {NODES, recordedDump, recordedState, type Recording} from '../model/rules/fixtures/recorded.ts';
import type {Verdict} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import type {IpFamily} from '../target.ts';
import {difference} from './agree.ts';
import {gatewayOf, recordedNode, recordedSurroundings, rulesOf} from './fixtures/recorded-node.ts';
import {rulesTracer} from './trace.ts';
import {tuplesOf} from './tuples.ts';

const PER_NODE = 800;

/** What model and trace say otherwise about packets that a recorded node may see, and the trace's verdicts of all. */
const compared = (
	recording: Recording,
	node: (typeof NODES)[number],
	family: IpFamily,
): {readonly differences: readonly string[]; readonly verdicts: readonly Verdict[]} => {
	const mode = recording === 'iptables' ? recording : 'nftables';
	const state = recordedState(recording);
	const model = verdictsOf(state, node, recordedSurroundings(mode, node));
	const trace = rulesTracer(rulesOf(mode, recordedDump(recording, node)), recordedNode(node));
	const verdicts = tuplesOf(state, node, {count: PER_NODE, seed: 5, family, localAddresses: [gatewayOf(node, family)]}).map(tuple => ({
		...tuple,
		verdict: trace(tuple.packet),
	}));
	return {
		verdicts: verdicts.map(({verdict}) => verdict),
		differences: verdicts.flatMap(({packet, about, verdict}) => {
			const wrong = difference(model(packet), verdict);
			return wrong === undefined ? [] : [`${about} ${JSON.stringify(packet)}: ${wrong}`];
		}),
	};
};

for (const [recording, node, family, backends] of [
	...(['iptables', 'nftables'] as const).flatMap(mode =>
		NODES.map(node => [mode, node, 'ipv4', ['any', 'few', 'kept', 'many', 'rewritten', 'sticky']] as const),
	),
	...(['ipv4', 'ipv6'] as const).map(
		family => ['nftables-1.35', 'worker-1', family, ['any', 'few', 'kept', 'rewritten', 'sticky']] as const,
	),
] as const) {
	test(`${recording}, ${node}, ${family}: model and trace say the same about ${PER_NODE} packets`, t => {
		const {differences, verdicts} = compared(recording, node, family);
		t.deepEqual(differences, []);
		t.is(verdicts.length, PER_NODE);
		// Something of everything, or the agreement says little.
		const kinds = new Set(
			verdicts.flatMap(verdict =>
				verdict.kind !== 'backends'
					? [verdict.kind]
					: [
							verdict.sticky === undefined ? 'any' : 'sticky',
							verdict.backends.length > 5 ? 'many' : 'few',
							...verdict.backends.map(({source}) => source),
						],
			),
		);
		t.deepEqual([...kinds].toSorted(), [...backends, 'dropped', 'leaves', 'node', 'refused'].toSorted());
	});
}

test('a CNI that masquerades is seen by the trace, and by the model when it is told', t => {
	const state = recordedState('nftables');
	const trace = rulesTracer(rulesOf('nftables', recordedDump('nftables', 'worker-1')), recordedNode('worker-1'));
	const to = {from: 'pod', source: '10.244.1.77', destination: '10.96.0.1', port: 443, protocol: 'TCP'} as const;
	t.regex(
		difference(verdictsOf(state, 'worker-1')(to), trace(to)) ?? '',
		/^172\.18\.0\.2:6443: expected 100 %, found 0 %; 172\.18\.0\.2:6443 \(source rewritten\): .*source rewritten by ip cni-masquerade postrouting: ip saddr 10\.244\.0\.0\/16 ip daddr != 10\.244\.0\.0\/16 oifname "eth0" masquerade/,
	);
	t.is(difference(verdictsOf(state, 'worker-1', {podNetworks: ['10.244.0.0/16']})(to), trace(to)), undefined);
});
