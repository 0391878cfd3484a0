import type {V1Endpoint, V1EndpointConditions, V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import type {Draw} from '../../lib/random.ts';
import {canonicalIp, familyOf} from '../../lib/model/address.ts';
import {has} from '../../lib/model/minors.ts';
import type {IpFamily} from '../../lib/target.ts';
import {some, weighted} from './draws.ts';
import {FAMILIES, type Place, type World} from './world.ts';

const PORTS = [80, 8080, 8081, 65_535];

const conditionsOf = (draw: Draw): V1EndpointConditions =>
	weighted<() => V1EndpointConditions>(draw, [
		[6, () => ({ready: true, serving: true, terminating: false})],
		[1, () => ({})],
		[2, () => ({ready: false, serving: false, terminating: false})],
		[3, () => ({ready: false, serving: true, terminating: true})],
		[1, () => ({ready: false, serving: false, terminating: true})],
		[
			2,
			() =>
				Object.fromEntries(
					['ready', 'serving', 'terminating'].flatMap(name => (draw.chance(0.3) ? [] : [[name, draw.chance(0.5)]])),
				),
		],
	])();

type Hinting = 'none' | 'zones' | 'nodes' | 'both' | 'some';

const hintsOf = (draw: Draw, hinting: Hinting, {nodes, zones}: World): Pick<V1Endpoint, 'hints'> => {
	const forZones = draw.chance(0.1) ? [] : some(draw, zones, draw.int(1, 2)).map(name => ({name}));
	const forNodes = draw.chance(0.1) ? [] : some(draw, nodes, draw.int(1, 2)).map(({metadata}) => ({name: metadata?.name ?? ''}));
	const as = hinting === 'some' ? draw.pick(['none', 'zones', 'nodes', 'both'] as const) : hinting;
	switch (as) {
		case 'none':
			return {};
		case 'zones':
			return {hints: {forZones}};
		case 'nodes':
			return {hints: {forNodes}};
		case 'both':
			return {hints: {forZones, forNodes}};
	}
};

const endpointAt = (draw: Draw, {ip, node}: Place, hinting: Hinting, world: World): V1Endpoint => ({
	addresses: [ip, ...(draw.chance(0.05) ? [world.places[ip.includes(':') ? 'ipv6' : 'ipv4'][0]!.ip] : [])],
	conditions: conditionsOf(draw),
	...(node !== undefined && draw.chance(0.9) && {nodeName: node}),
	...hintsOf(draw, hinting, world),
});

/**
 * Where an endpoint is told twice kube-proxy takes either, but for what counts less; so the second is the same, or, where that counts less,
 * terminating.
 */
const again = (draw: Draw, endpoint: V1Endpoint, minor: number): V1Endpoint =>
	has('runningBeforeTerminating', minor) && endpoint.conditions?.terminating !== true && draw.chance(0.5)
		? {...endpoint, conditions: {...conditionsOf(draw), terminating: true}}
		: endpoint;

const portsOf = (draw: Draw, {spec}: V1Service): NonNullable<V1EndpointSlice['ports']> => [
	...(spec?.ports ?? [])
		.filter(() => draw.chance(0.9))
		.map(({name = '', protocol = 'TCP'}) => ({
			name,
			...(draw.chance(0.04) ? {protocol: 'SCTP'} : protocol !== 'TCP' || draw.chance(0.8) ? {protocol} : {}),
			...(draw.chance(0.97) && {port: draw.pick(PORTS)}),
		})),
	...(draw.chance(0.1) ? [{name: 'no-such', protocol: 'TCP', port: 80}] : []),
];

/** Many pods, of every node; now and then as many as make kube-proxy leave out what only people read. */
const crowd = (draw: Draw, family: IpFamily): readonly Place[] =>
	Array.from({length: draw.chance(0.05) ? 990 : draw.int(20, 60)}, (_, index) => {
		const [node, pod] = [1 + (index % 3), 20 + Math.floor(index / 3)];
		return {
			ip: family === 'ipv4' ? `10.244.${node}${pod > 255 ? 1 : ''}.${pod % 256}` : `fd00:10:244:${node}::${pod.toString(16)}`,
			node: `node-${node}`,
		};
	});

/** An endpoint at an address of a Service, as chains of Services have them, or where no Service is. */
const serviceIp = (draw: Draw, {spec, status}: V1Service, family: IpFamily): string => {
	const ips = [
		...(spec?.clusterIPs ?? []),
		...(spec?.externalIPs ?? []),
		...(status?.loadBalancer?.ingress ?? []).map(({ip = ''}) => ip),
	].filter(ip => canonicalIp(ip) === ip && familyOf(ip) === family);
	return draw.pick([...ips, family === 'ipv4' ? '172.30.255.9' : 'fd00:172:30::ffff']);
};

const inFamily = (draw: Draw, service: V1Service, family: IpFamily, world: World, minor: number): readonly V1EndpointSlice[] => {
	const {name = '', namespace = ''} = service.metadata ?? {};
	const hinting = weighted(draw, [
		[6, 'none'],
		[2, 'zones'],
		[2, 'nodes'],
		[1, 'both'],
		[2, 'some'],
	] as const);
	const count = weighted(draw, [
		[1, 0],
		[6, 1],
		[3, 2],
		[1, 3],
	]);
	const told = new Map<string, V1Endpoint>();
	return Array.from({length: count}, (_, index) => {
		const places = [
			...(draw.chance(0.05) ? [{ip: serviceIp(draw, service, family)}] : []),
			...some(
				draw,
				world.places[family],
				weighted(draw, [
					[1, 0],
					[3, 1],
					[3, 2],
					[3, 4],
					[1, 8],
				]),
			),
			...(draw.chance(0.01) ? crowd(draw, family) : []),
		];
		const endpoints = places.map(place => {
			const before = told.get(place.ip);
			const endpoint = before ? again(draw, before, minor) : endpointAt(draw, place, hinting, world);
			if (!before) told.set(place.ip, endpoint);
			return endpoint;
		});
		return {
			metadata: {
				name: `${name}-${family}-${index}`,
				namespace,
				labels: weighted<Record<string, string>>(draw, [
					[30, {'kubernetes.io/service-name': name}],
					[1, {'kubernetes.io/service-name': name, 'service.kubernetes.io/headless': ''}],
					[1, {'kubernetes.io/service-name': name, 'service.kubernetes.io/service-proxy-name': 'x'}],
					[1, {'kubernetes.io/service-name': ''}],
					[1, {}],
				]),
			},
			addressType: family === 'ipv4' ? 'IPv4' : 'IPv6',
			ports: portsOf(draw, service),
			endpoints,
		};
	});
};

/** The slices of a Service in both families, whatever its own are. */
export const slicesOf = (draw: Draw, service: V1Service, world: World, minor: number): readonly V1EndpointSlice[] =>
	FAMILIES.flatMap(family => inFamily(draw, service, family, world, minor));
