import {canonicalIp, familyOf} from './address.ts';
import type {Context} from './context.ts';
import {nodeView} from './node-view.ts';
import {servicePorts} from './service-ports.ts';
import type {IpFamily} from '../target.ts';
import type {ClusterState} from './state.ts';
import {PROXY_MODES} from './modes/modes.ts';
import type {Packet, Verdict} from './verdict.ts';

export type Surroundings = {
	/** Addresses of the node's interfaces beyond the InternalIPs that the API tells. */
	readonly localAddresses?: readonly string[];
	/**
	 * CIDRs beyond which the CNI gives what pods send the node's address (ip-masq-agent, flannel's --ip-masq). Left out: it does not, or is
	 * left out of account.
	 */
	readonly podNetworks?: readonly string[];
	/** Whether the node's CNI gives what goes to a backend the node's address; undefined: not known. Left out: as `podNetworks` say. */
	readonly masquerades?: (packet: Packet) => boolean | undefined;
};

const canonical = (text: string, what: string): string => {
	const ip = canonicalIp(text);
	if (ip === undefined) throw new RangeError(`a packet's ${what} must be an IP address, not ${JSON.stringify(text)}`);
	return ip;
};

/** `verdict` for many packets of one node: what they share is worked out once. */
export const verdictsOf = (
	state: ClusterState,
	node: string,
	{localAddresses, podNetworks, masquerades}: Surroundings = {},
): ((packet: Packet) => Verdict) => {
	const contexts = new Map<IpFamily, Context>();
	const contextOf = (family: IpFamily): Context => {
		const context = contexts.get(family) ?? {
			state,
			view: nodeView(state, node, family, localAddresses),
			ports: servicePorts(state, node, family),
			...(podNetworks && {podNetworks}),
			...(masquerades && {masquerades}),
		};
		contexts.set(family, context);
		return context;
	};

	return packet => {
		const known = {...packet, source: canonical(packet.source, 'source'), destination: canonical(packet.destination, 'destination')};
		const context = contextOf(familyOf(known.destination));
		return PROXY_MODES[state.mode].verdict(context, known);
	};
};

/**
 * What kube-proxy, when it does its work, does on a node to the first packet of a new connection: from the API's objects alone.
 * Where the packet goes is told, not whether an answer finds its way back (`clientSees`). Throws RangeError for an unknown node or what is
 * no address.
 */
export const verdict = (state: ClusterState, node: string, packet: Packet, surroundings: Surroundings = {}): Verdict =>
	verdictsOf(state, node, surroundings)(packet);
