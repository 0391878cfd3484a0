import type {V1Endpoint, V1EndpointConditions, V1EndpointSlice, V1ServicePort} from '@kubernetes/client-node';
import {has} from '../../../lib/model/minors.ts';
import type {IpFamily} from '../../../lib/target.ts';
import type {Draw} from '../../../lib/random.ts';

type Condition = 'ready' | 'not ready' | 'draining' | 'gone' | 'bare';

/** Slices for a Service without a selector: one endpoint for each condition. */
export type HandMade = {
	readonly endpoints: readonly Condition[];
	/**
	 * A second slice with the last two endpoints again, where kube-proxy can tell them apart the last with other conditions, and one more.
	 */
	readonly repeated?: true;
	readonly hints?: 'nodes' | 'zones';
	/** Endpoints do not say on which node they are. */
	readonly nameless?: true;
	/** Beside the Service's ports one that it does not have, and one without a number. */
	readonly oddPorts?: true;
};

/** Where hand-made endpoints point to. */
export type Place = {
	readonly ip: string;
	readonly node?: string;
	readonly zone?: string;
};

/** Family of the places' addresses (left out: IPv4), and minor version of kube-proxy (left out: not known). */
type Of = {readonly family?: IpFamily; readonly minor?: number | undefined};

const CONDITIONS: Readonly<Record<Condition, V1EndpointConditions | undefined>> = {
	ready: {ready: true, serving: true, terminating: false},
	'not ready': {ready: false, serving: false, terminating: false},
	draining: {ready: false, serving: true, terminating: true},
	gone: {ready: false, serving: false, terminating: true},
	bare: undefined,
};

const endpointOf = (condition: Condition, place: Place, others: readonly Place[], {hints, nameless}: HandMade): V1Endpoint => {
	const conditions = CONDITIONS[condition];
	const nodes = [...new Set([place, ...others].flatMap(({node}) => node ?? []))].slice(0, 2);
	const zones = [...new Set([place, ...others].flatMap(({zone}) => zone ?? []))].slice(0, 1);
	return {
		addresses: [place.ip],
		...(conditions && {conditions}),
		...(!nameless && place.node !== undefined && {nodeName: place.node}),
		...(place.zone !== undefined && {zone: place.zone}),
		...(hints === 'nodes' && nodes.length > 0 && {hints: {forNodes: nodes.map(name => ({name}))}}),
		...(hints === 'zones' && zones.length > 0 && {hints: {forZones: zones.map(name => ({name}))}}),
	};
};

/**
 * The slices of a Service: its ports by name, at the ports where echo pods listen (8080 TCP, 8081 UDP). Needs as many places as endpoints,
 * and one more when repeated.
 */
export const handMade = (
	draw: Draw,
	service: string,
	ports: readonly V1ServicePort[],
	wish: HandMade,
	places: readonly Place[],
	{family = 'ipv4', minor}: Of = {},
): readonly V1EndpointSlice[] => {
	const slicePorts = [
		...ports.map(({name = '', protocol = 'TCP'}) => ({name, protocol, port: protocol === 'UDP' ? 8081 : 8080})),
		...(wish.oddPorts
			? [
					{name: 'no-such', protocol: 'TCP', port: 8080},
					{name: 'all', protocol: 'TCP'},
				]
			: []),
	];
	const slice = (name: string, endpoints: V1Endpoint[]): V1EndpointSlice => ({
		metadata: {name, labels: {'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'vipcheck'}},
		addressType: family === 'ipv6' ? 'IPv6' : 'IPv4',
		ports: slicePorts,
		endpoints,
	});
	const endpoints = wish.endpoints.map((condition, index) =>
		endpointOf(condition, places[index]!, draw.chance(0.5) ? places.slice(index + 1) : [], wish),
	);
	if (!wish.repeated) return [slice(`${service}-1`, endpoints)];
	// Whichever slice kube-proxy reads first, the outcome must be the same: only what stays as it is, or terminates where that counts less,
	// is repeated.
	const tells = minor !== undefined && has('runningBeforeTerminating', minor);
	const again = endpoints
		.slice(-2)
		.map((endpoint, index) => (index === 0 || !tells ? endpoint : {...endpoint, conditions: {...CONDITIONS.draining}}));
	return [slice(`${service}-1`, endpoints), slice(`${service}-2`, [...again, endpointOf('ready', places[endpoints.length]!, [], wish)])];
};
