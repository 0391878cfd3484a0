import type {V1Pod} from '@kubernetes/client-node';
import {clientSees, type Seen} from '../../model/client-sees.ts';
import {TRAITS} from '../../model/modes/traits.ts';
import type {ClusterState} from '../../model/state.ts';
import {verdictsOf} from '../../model/verdict-of.ts';
import type {Packet, Verdict} from '../../model/verdict.ts';
import type {Mode} from '../../target.ts';
import {waysOf, type Outside, type Way} from './ways.ts';
import {outcomeText} from './words.ts';

/** What becomes of a way in, in one mode. */
export type Fate = {
	/** As it is sent in this mode. */
	readonly packet: Packet;
	readonly verdict: Verdict;
	readonly seen: Seen;
	/** The same in words. */
	readonly text: string;
};

export type Foretold = {
	readonly way: Way;
	readonly today: Fate;
	readonly then: Fate;
};

/** Where every node binds a Service's addresses, its own packets to them bear them as their source, too: they are the node's own. */
const asSent = (mode: Mode, {client, packet, toService}: Way): Packet =>
	client === 'the node itself' && toService && TRAITS[mode].bindsAddresses ? {...packet, source: packet.destination} : packet;

/** The model of a state, prepared once for a node and the addresses that it is taken to have. */
const fatesIn = (state: ClusterState): ((way: Way) => Fate) => {
	const nodes = new Map<string, (packet: Packet) => Verdict>();
	return way => {
		const {node, localAddresses} = way;
		const key = [node, ...localAddresses].join(' ');
		const model = nodes.get(key) ?? verdictsOf(state, node, {localAddresses});
		nodes.set(key, model);
		const packet = asSent(state.mode, way);
		const verdict = model(packet);
		const seen = clientSees(state, node, packet, verdict);
		return {packet, verdict, seen, text: outcomeText(verdict, seen)};
	};
};

/**
 * What becomes of every way into every Service, for every kind of client, in the mode of a state and in another one. `outside`: a client
 * outside, where not any.
 */
export function* foretell(before: ClusterState, to: Mode, pods: readonly V1Pod[], outside?: Outside): Generator<Foretold> {
	const [today, then] = [fatesIn(before), fatesIn({...before, mode: to})];
	for (const way of waysOf(before, pods, outside)) yield {way, today: today(way), then: then(way)};
}
