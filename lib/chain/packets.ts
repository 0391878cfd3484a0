import {canonicalIp, familyOf} from '../model/address.ts';
import {podIp} from '../model/pods.ts';
import {servicePorts} from '../model/service-ports.ts';
import type {ServicePort} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import type {Answer} from '../trace/path.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** A packet that is sent through a node's whole dump. */
export type Sent = {
	readonly packet: Packet & Partial<Answer>;
	/** Whether such a packet is sent for sure: what comes from outside may be kept out on purpose. */
	readonly isSure: boolean;
};

/** `namespace`: whose Services; left out: all. */
type Seen = Pick<ChainFacts, 'pods' | 'family'> & Partial<Pick<ChainFacts, 'namespace'>>;

/** Of the addresses for documentation (RFC 5737, RFC 3849): somebody outside. */
const OUTSIDE = {ipv4: '198.51.100.7', ipv6: '2001:db8::7'} as const;

/** Those of the namespace first: others may be kept from sending on purpose. */
const podsOn = (node: string, {pods, family, namespace}: Seen): readonly string[] =>
	(pods.ok ? pods.value : [])
		.filter(({spec}) => spec?.nodeName === node && !spec.hostNetwork)
		.toSorted((a, b) => Number(b.metadata?.namespace === namespace) - Number(a.metadata?.namespace === namespace))
		.flatMap(pod => podIp(pod, family) ?? []);

/** Where a Service port is reached, with the port there. */
const goalsOf = ({clusterIP, externalIPs, loadBalancerVIPs, port, nodePort}: ServicePort, ip: string) => [
	...[clusterIP, ...externalIPs, ...loadBalancerVIPs].map(destination => ({destination, port})),
	...(nodePort === undefined ? [] : [{destination: ip, port: nodePort}]),
];

/** Of the ports that clients send from. */
const CLIENTS_PORT = 50_000;

/**
 * The first answers as they meet a node: of its own endpoints to clients elsewhere, and of those elsewhere, and its own, to its clients,
 * who asked for the Service.
 */
const answersOn = (
	{ip}: WalkedNode,
	ports: readonly ServicePort[],
	{
		pod,
		own,
		stranger,
	}: {
		readonly pod: string | undefined;
		readonly own: ReadonlySet<string>;
		readonly stranger: string | undefined;
	},
): readonly Sent[] => {
	const all = ports.flatMap(({protocol, clusterIP, port, endpoints}) =>
		endpoints.flatMap(endpoint => {
			const asked = {destination: clusterIP, port};
			const isHere = own.has(endpoint.ip);
			const to = [
				...(isHere && stranger !== undefined ? [{destination: stranger}] : []),
				...(!isHere && pod !== undefined ? [{destination: pod, asked}] : []),
				{destination: ip, asked},
			];
			return to.map(({destination, ...more}): Sent => {
				const from = isHere ? 'pod' : 'outside';
				const answers = {sourcePort: endpoint.port, ...more};
				return {packet: {protocol, from, source: endpoint.ip, destination, port: CLIENTS_PORT, answers}, isSure: true};
			});
		}),
	);
	// An endpoint of several Services answers all in the same way.
	const keyOf = ({packet: {protocol, source, destination, answers}}: Sent): string =>
		[protocol, source, answers?.sourcePort, destination].join(' ');
	return [...new Map(all.map(sent => [keyOf(sent), sent])).values()];
};

/**
 * The first packets of connections to the namespace's Services (or to all) as they meet a node: where they enter (from one of its pods,
 * from itself, from outside), and where they leave to the endpoints that run there, as other nodes pass them on; and the first answers.
 */
export const packetsOn = (node: WalkedNode, nodes: readonly WalkedNode[], seen: Seen): readonly Sent[] => {
	const {state, name, ip} = node;
	if (!state.ok) return [];
	const ports = servicePorts(state.value, name, seen.family).filter(
		({namespace}) => seen.namespace === undefined || namespace === seen.namespace,
	);
	const [pod] = podsOn(name, seen);
	const own = new Set(podsOn(name, seen));
	const stranger = nodes.flatMap(other => (other.name === name ? [] : podsOn(other.name, seen)))[0];
	const entering = ports.flatMap(of =>
		goalsOf(of, ip).flatMap(({destination, port}): readonly Sent[] => {
			const to = {protocol: of.protocol, destination, port};
			return [
				...(pod === undefined ? [] : [{packet: {...to, from: 'pod' as const, source: pod}, isSure: true}]),
				{packet: {...to, from: 'node', source: ip}, isSure: true},
				{packet: {...to, from: 'outside', source: OUTSIDE[seen.family]}, isSure: false},
			];
		}),
	);
	const leaving = ports.flatMap(({endpoints, protocol}) =>
		endpoints
			.filter(endpoint => own.has(endpoint.ip))
			.flatMap((endpoint): readonly Sent[] =>
				stranger === undefined
					? []
					: [
							{
								packet: {protocol, from: 'outside', source: stranger, destination: endpoint.ip, port: endpoint.port},
								isSure: true,
							},
						],
			),
	);
	return [...entering, ...leaving, ...answersOn(node, ports, {pod, own, stranger})].filter(
		({packet: {destination}}) => familyOf(canonicalIp(destination) ?? '') === seen.family,
	);
};
