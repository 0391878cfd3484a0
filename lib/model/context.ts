import type {NodeView} from './node-view.ts';
import type {ClusterState, ServicePort} from './state.ts';
import type {Packet} from './verdict.ts';

/** All that decides about the packets of one family on one node. */
export type Context = {
	readonly state: ClusterState;
	readonly view: NodeView;
	readonly ports: readonly ServicePort[];
	/** Beyond these the CNI masquerades. */
	readonly podNetworks?: readonly string[];
	/** Whether it does so to a packet. */
	readonly masquerades?: (packet: Packet) => boolean | undefined;
};
