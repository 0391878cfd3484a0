import type {Packet, Verdict} from '../model/verdict.ts';
import type {TracedNode} from './traced-node.ts';

/** A packet at one node that decides over it, and what becomes of it there: by the model and by the trace. */
export type Leg = {
	readonly node: TracedNode;
	readonly packet: Packet;
	readonly model: Verdict;
	readonly trace: Verdict;
};

const legAt = (node: TracedNode, packet: Packet): Leg => ({node, packet, model: node.model(packet), trace: node.trace(packet)});

/** The way of a packet that comes to a node: decided there, or, where it goes on to an address of another node, there too. */
export const legsOf = (packet: Packet, node: TracedNode, nodes: readonly TracedNode[]): readonly [first: Leg, ...next: Leg[]] => {
	const first = legAt(node, packet);
	const next =
		first.model.kind === 'leaves'
			? nodes.find(({name, addresses}) => name !== node.name && addresses.has(packet.destination))
			: undefined;
	const source = next && node.sourceBeyond(packet);
	return next && source !== undefined ? [first, legAt(next, {...packet, from: 'outside', source})] : [first];
};
