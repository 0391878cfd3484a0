import test from 'ava';
import {IPTABLES_INJURIES} from '../model/rules/fixtures/iptables-injuries.ts';
import {NFTABLES_INJURIES} from '../model/rules/fixtures/nftables-injuries.ts';
import {recordedDump, recordedState} from '../model/rules/fixtures/recorded.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import {difference} from './agree.ts';
import {gatewayOf, recordedNode, recordedSurroundings, rulesOf} from './fixtures/recorded-node.ts';
import {rulesTracer} from './trace.ts';
import {tuplesOf} from './tuples.ts';

const NODE = 'worker-1';
/** One injury leads this address to a Service. */
const NEXT = 'the address next to shop/sctp:s';

/** Injuries that change nothing for any packet of the tuples, and why. */
const HARMLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	iptables: {
		'the way to NodePorts is no longer last': "no Service has a node port at an address that is another Service's",
		'a choice leads to an endpoint of another Service': 'which has the same address and port',
		'the mark is cleared too late': 'nobody looks at it later',
		'a Service that works is refused': 'after its translation nothing goes to the cluster address any more',
		'a health port is closed': 'the policy of INPUT accepts all',
		'a health port that two ports share is open once': 'once is enough',
		'packets that conntrack calls invalid are forwarded': 'no first packet is',
		'martians come in': 'the kernel drops them before',
		'a second way to NodePorts': "for an address that is nobody's",
		'the canary is gone': 'it holds no rules',
		'a chain of a Service that is no more': 'nothing leads there',
	},
	nftables: {
		'the dispatch of a cluster address leads to another Service': 'which has the same endpoints',
		'NodePorts are open on another address': "which is nobody's",
		'the short cut of pods is gone': 'the one endpoint is on this node: the local policy leads to it too',
		'a refusal is gone': 'unused ports of a cluster address are refused as well',
		'a base chain has another priority': 'NAT is done at a priority of its own; that of its chains orders them among themselves',
		'a chain of a Service that is no more': 'nothing leads there',
	},
};

for (const [mode, injuries] of [
	['iptables', IPTABLES_INJURIES],
	['nftables', NFTABLES_INJURIES],
] as const) {
	const state = recordedState(mode);
	const model = verdictsOf(state, NODE, recordedSurroundings(mode, NODE));
	const tuples = tuplesOf(state, NODE, {count: 8000, seed: 1, localAddresses: [gatewayOf(NODE)]});
	const healthy = rulesTracer(rulesOf(mode, recordedDump(mode, NODE)), recordedNode(NODE));
	for (const {
		title,
		injure,
		difference: {about},
	} of injuries) {
		test(`${mode}: ${title}`, t => {
			const trace = rulesTracer(rulesOf(mode, injure(recordedDump(mode, NODE))), recordedNode(NODE));
			const affected = tuples.filter(({of}) => of !== undefined && of === about);
			const others = tuples.filter(({of}) => of === undefined || of !== about);
			const looked = [
				...affected,
				...others.filter((each, at) => at % (about === undefined ? 40 : 200) === 0 || each.about === NEXT),
			];
			const wrong = looked.filter(({packet}) => difference(model(packet), trace(packet)) !== undefined);
			if (title in HARMLESS[mode]!) return t.deepEqual(wrong, []);
			t.true(wrong.length > 0);
			t.true(
				affected.length === 0 || wrong.some(({of, about: what}) => of === about || what === NEXT),
				`none of the ${affected.length} packets of ${about}`,
			);
			t.deepEqual(
				wrong.filter(({packet}) => difference(model(packet), healthy(packet)) !== undefined),
				[],
			);
		});
	}
}
