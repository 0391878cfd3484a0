import {cidrHolds} from './address.ts';
import type {Context} from './context.ts';
import {isLocal} from './node-view.ts';
import type {Endpoint} from './state.ts';
import type {Backend, Packet} from './verdict.ts';

/** The CNI masquerades what a pod sends beyond the pod networks, whatever kube-proxy did to it. */
const leavesPodNetworks = ({podNetworks = [], masquerades}: Context, packet: Packet, {ip, port}: Endpoint): boolean =>
	masquerades?.({...packet, destination: ip, port}) ??
	(podNetworks.some(cidr => cidrHolds(cidr, packet.source)) && !podNetworks.some(cidr => cidrHolds(cidr, ip)));

/** Endpoints as backends that are chosen with the same probability; `isMasqueraded`: kube-proxy wants them to see the node's address. */
export const spread = (
	context: Context,
	packet: Packet,
	endpoints: readonly Endpoint[],
	isMasqueraded: (endpoint: Endpoint) => boolean,
): readonly Backend[] =>
	endpoints.map(endpoint => {
		const {ip, port} = endpoint;
		// What comes from elsewhere for the node itself passes INPUT and not POSTROUTING, where sources are rewritten: an endpoint with the
		// node's own address sees its client's.
		const passesPostrouting = packet.from === 'node' || !isLocal(context.view, ip);
		const isRewritten =
			passesPostrouting && (isMasqueraded(endpoint) || (!isLocal(context.view, ip) && leavesPodNetworks(context, packet, endpoint)));
		return {ip, port, probability: 1 / endpoints.length, source: isRewritten ? 'rewritten' : 'kept'};
	});
