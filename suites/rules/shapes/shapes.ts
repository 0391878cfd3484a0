import type {V1EndpointSlice, V1LoadBalancerIngress, V1Service} from '@kubernetes/client-node';
import type {IpFamily} from '../../../lib/target.ts';
import {ADDRESSES} from './addresses.ts';
import {type Draw, drawOf} from '../../../lib/random.ts';
import {handMade, type Place} from './hand-made.ts';
import {KINDS, type Wish} from './kinds.ts';

/** Echo pods that the shapes' selectors find by their label `app`; their containers name the ports 8080 TCP `http` and 8081 UDP `udp`. */
export const SHAPE_APPS = [
	{app: 'shape-a', replicas: 2, ready: true},
	/** One pod: on all other nodes, policies Local find nothing. */
	{app: 'shape-b', replicas: 1, ready: true},
	/** Runs, but never becomes ready. */
	{app: 'shape-c', replicas: 1, ready: false},
] as const;

export type Shapes = {
	readonly services: readonly V1Service[];
	/** Of the Services without selectors. */
	readonly slices: readonly V1EndpointSlice[];
	/** By Service: what to patch into status.loadBalancer.ingress. */
	readonly ingress: ReadonlyMap<string, readonly V1LoadBalancerIngress[]>;
};

export type ShapeSurroundings = {
	/** Of all addresses; left out: IPv4. */
	readonly family?: IpFamily;
	/** For hand-made endpoints. */
	readonly nodes?: readonly {readonly name: string; readonly zone?: string}[];
	/**
	 * Pods that answer on 8080 TCP and 8081 UDP, for hand-made endpoints to point to; without enough of them, addresses where nobody is.
	 */
	readonly pods?: readonly {readonly ip: string; readonly node: string}[];
	/** Minor version of kube-proxy; left out: not known. */
	readonly minor?: number | undefined;
};

const placesOf = (draw: Draw, {family = 'ipv4', nodes = [], pods = []}: ShapeSurroundings): readonly Place[] => {
	const real = draw.shuffled(pods).map(({ip, node}): Place => {
		const zone = nodes.find(({name}) => name === node)?.zone;
		return {ip, node, ...(zone !== undefined && {zone})};
	});
	const made = draw.shuffled(Array.from({length: 8}, (_, index) => 10 + index)).map((last): Place => {
		const at = nodes.length === 0 ? undefined : draw.pick(nodes);
		return {ip: ADDRESSES[family].nobody(last), ...(at && {node: at.name}), ...(at?.zone !== undefined && {zone: at.zone})};
	});
	return [...real, ...made];
};

const bodyOf = (name: string, {spec, labels}: Wish, externalIPs: string[]): V1Service => ({
	metadata: {name, ...(labels && {labels: {...labels}})},
	spec: {...spec, ...(externalIPs.length > 0 && {externalIPs})},
});

/**
 * Services of every shape, with what belongs to them, for a namespace of the caller's: the same for the same seed and surroundings. From 40
 * on every kind is there at least once; of fewer, the seed decides which. The API allocates addresses and ports. Throws RangeError where
 * the seed's addresses do not suffice (over 80 Services).
 */
export const shapes = (seed: number, count: number, surroundings: ShapeSurroundings = {}): Shapes => {
	if (count > 80) throw new RangeError(`at most 80 shapes for a seed, not ${count}: each may take up to three of its 256 addresses`);
	const draw = drawOf(seed);
	const addresses = ADDRESSES[surroundings.family ?? 'ipv4'];
	const kinds = [...draw.shuffled(KINDS), ...Array.from({length: Math.max(0, count - KINDS.length)}, () => draw.pick(KINDS))].slice(
		0,
		count,
	);
	let used = 0;
	const made = kinds.map(({name: kind, wish}, index) => {
		const name = `${kind}-${index}`;
		const wished = wish(draw, addresses);
		const own = (use: 'externalIP' | 'balancer'): string => addresses.external(seed, used++, use);
		return {
			name,
			body: bodyOf(
				name,
				wished,
				Array.from({length: wished.externalIPs ?? 0}, () => own('externalIP')),
			),
			ingress: wished.ingress?.map(each => (each.ip === undefined ? each : {...each, ip: own('balancer')})),
			slices: wished.slices
				? handMade(draw, name, wished.spec.ports ?? [], wished.slices, placesOf(draw, surroundings), surroundings)
				: [],
		};
	});
	return {
		services: made.map(({body}) => body),
		slices: made.flatMap(({slices}) => slices),
		ingress: new Map(made.flatMap(({name, ingress}) => (ingress ? [[name, ingress]] : []))),
	};
};
