import type {Route} from '../../lib/facts/parse/ip-json.ts';
import type {TraceNode} from '../../lib/trace/place.ts';
import {cidrHolds} from '../../lib/model/address.ts';
import type {Packet} from '../../lib/model/verdict.ts';
import type {Case} from './case.ts';

const OWN_PODS = ['10.244.1.0/24', 'fd00:10:244:1::/64'] as const;

const route = (destination: string, device: string): Route => ({destination, device, type: 'unicast', table: 'main'});

/** The addresses and routes of a case's node, whose pods are behind the interface that its kube-proxy may look at. */
export const surroundingsOf = ({
	addresses,
	settings: {
		detectLocal: {bridgeInterface, interfaceNamePrefix},
	},
}: Case): TraceNode => {
	const pods = bridgeInterface ?? `${interfaceNamePrefix ?? 'veth'}1`;
	return {
		addresses,
		routes: [route('default', 'eth0'), route(OWN_PODS[0], pods)],
		routesIpv6: [route('default', 'eth0'), route(OWN_PODS[1], pods)],
	};
};

/**
 * Whether a packet comes from where its source is: pods of the node are behind one interface of its own, all others are not. An endpoint
 * may not say which of these it is.
 */
export const isHonest = ({from, source}: Packet): boolean =>
	from === 'node' || (from === 'pod') === OWN_PODS.some(cidr => cidrHolds(cidr, source));
