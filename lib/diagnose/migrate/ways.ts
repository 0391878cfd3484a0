import {canonicalCidr, familyOf} from '../../model/address.ts';
import {podIp} from '../../model/pods.ts';
import {servicePorts} from '../../model/service-ports.ts';
import {nameOf, type ClusterState, type ServicePort} from '../../model/state.ts';
import type {Packet} from '../../model/verdict.ts';
import {FAMILIES, type Client, type Place} from './words.ts';
import type {IpFamily} from '../../target.ts';
import type {V1Pod} from '@kubernetes/client-node';

/** A packet of one kind of client by one way in, with the words for both. */
export type Way = {
	readonly service: string;
	readonly port: string;
	readonly via: string;
	readonly client: Client;
	readonly place: Place;
	readonly node: string;
	readonly packet: Packet;
	/** Its destination is an address of the Service, not of the node. */
	readonly toService: boolean;
	/** Addresses of the node beyond those that the API tells. */
	readonly localAddresses: readonly string[];
};

/** A client outside; by family. */
export type Outside = {readonly [Family in IpFamily]?: string};

const ANY: Readonly<Record<IpFamily, string>> = {ipv4: '198.51.100.77', ipv6: '2001:db8:ffff::77'};
const LOOPBACK: Readonly<Record<IpFamily, string>> = {ipv4: '127.0.0.1', ipv6: '::1'};
/** Of no Service: what is asked for a port that it does not have. */
const UNUSED = 7;

type Spot = {
	readonly name: string;
	readonly place: Place;
	readonly ip: string;
	readonly pod: string;
	readonly gateway?: string;
};

/** The address after a network's own: what CNI plugins give the node on it. */
const firstOf = (cidr: string | undefined): string | undefined => {
	const network = canonicalCidr(cidr ?? '')?.split('/')[0];
	if (network === undefined) return undefined;
	return network.includes(':') ? `${network.replace(/::.*$/, '::')}1` : network.replace(/\d+$/, last => `${Number(last) + 1}`);
};

/** One node that has an endpoint of the port that takes traffic, and one that has none: more would say the same. */
const spotsOf = (state: ClusterState, port: ServicePort, family: IpFamily, pods: readonly V1Pod[]): readonly Spot[] => {
	const has = (node: string): boolean => port.endpoints.some(each => each.node === node && each.ready);
	const all = state.nodes.flatMap(({metadata, status, spec}) => {
		const ip = (status?.addresses ?? []).find(({type, address}) => type === 'InternalIP' && familyOf(address) === family)?.address;
		const name = metadata?.name ?? '';
		const cidr = [...(spec?.podCIDRs ?? [])].find(each => familyOf(each) === family);
		const gateway = firstOf(cidr);
		const pod =
			pods
				.filter(each => each.spec?.nodeName === name && !each.spec.hostNetwork)
				.map(each => podIp(each, family))
				.find(address => address !== undefined && !port.endpoints.some(each => each.ip === address)) ??
			gateway?.replace(/1$/, '250');
		return ip === undefined || pod === undefined
			? []
			: [{name, ip, pod, place: has(name) ? ('with' as const) : ('without' as const), ...(gateway !== undefined && {gateway})}];
	});
	return (['with', 'without'] as const).flatMap(place => all.find(spot => spot.place === place) ?? []);
};

/** Every way into every port of every Service, for every kind of client, on a node with an endpoint and on one without. */
export function* waysOf(state: ClusterState, pods: readonly V1Pod[], outside: Outside = ANY): Generator<Way> {
	const [first] = state.nodes;
	for (const family of FAMILIES)
		for (const port of first ? servicePorts(state, first.metadata?.name ?? '', family) : []) {
			const spots = spotsOf(state, port, family, pods);
			for (const spot of spots) {
				const {name: node, place, ip, pod, gateway} = spot;
				const senders = [
					{client: 'a pod', from: 'pod', source: pod},
					{client: 'the node itself', from: 'node', source: ip},
					{client: 'outside', from: 'outside', source: outside[family] ?? ANY[family]},
				] as const;
				const goals: readonly (readonly [via: string, destination: string, number: number, only?: 'node'])[] = [
					['ClusterIP', port.clusterIP, port.port],
					['ClusterIP at a port that it does not have', port.clusterIP, UNUSED],
					...port.externalIPs.map(address => ['externalIP', address, port.port] as const),
					...port.loadBalancerVIPs.map(address => ['load balancer address', address, port.port] as const),
					...(port.nodePort === undefined
						? []
						: [
								["NodePort on the node's address", ip, port.nodePort] as const,
								...(gateway === undefined
									? []
									: [['NodePort on another address of the node', gateway, port.nodePort] as const]),
								['NodePort on loopback', LOOPBACK[family], port.nodePort, 'node'] as const,
							]),
				];
				for (const [via, destination, number, only] of goals)
					for (const {client, from, source} of senders) {
						if (only !== undefined && from !== only) continue;
						// The ClusterIP is not routed to the cluster from outside by most; where it is, it is judged like this.
						const sent = from === 'node' && (destination === ip || destination === gateway || only) ? destination : source;
						yield {
							service: `${port.namespace}/${port.service}`,
							port: nameOf(port),
							via,
							client,
							place,
							node,
							toService: destination !== ip && destination !== gateway && only === undefined,
							packet: {protocol: port.protocol, from, source: sent, destination, port: number},
							localAddresses: gateway === undefined ? [] : [gateway],
						};
					}
			}
		}
}
