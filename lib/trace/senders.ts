import {canonicalCidr, canonicalIp, cidrHolds, familyOf} from '../model/address.ts';
import {nodeView} from '../model/node-view.ts';
import type {ClusterState} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import type {IpFamily} from '../target.ts';
import {rangeOf, textOf} from './ip.ts';

export type Sender = Pick<Packet, 'from' | 'source'>;

const MOST_OF_A_KIND = 4;

/** Some address within a network. */
export const addressIn = (cidr: string, random: () => number): string => {
	const range = rangeOf(canonicalCidr(cidr) ?? cidr);
	if (!range) throw new RangeError(`${cidr} is no network`);
	const {first, last, family} = range;
	// Beyond 2^48 addresses the rest of them do as well as all.
	const size = last - first + 1n;
	const most = size > 2n ** 48n ? 2n ** 48n : size;
	return textOf(first + BigInt(Math.floor(random() * Number(most))), family);
};

const some = (random: () => number, from: readonly string[]): readonly string[] => {
	const pool = [...new Set(from)];
	return Array.from({length: Math.min(MOST_OF_A_KIND, pool.length)}, () => pool.splice(Math.floor(random() * pool.length), 1)[0]!);
};

/** Clients that are no pods and that nobody lets in, of public and of private networks. */
const STRANGERS: Readonly<Record<IpFamily, readonly string[]>> = {
	ipv4: ['192.0.2.0/24', '8.8.8.0/24', '10.200.0.0/16', '192.168.77.0/24'],
	ipv6: ['2001:db8:bad::/64', 'fd77::/64'],
};

/**
 * Endpoints of the node and a pod that is none; the node itself; from outside: all source ranges of load balancers, strangers, other nodes,
 * pods of other nodes.
 */
export const sendersOf = (state: ClusterState, node: string, family: IpFamily, random: () => number): readonly Sender[] => {
	const view = nodeView(state, node, family);
	const of = (ips: readonly (string | undefined)[]) =>
		ips.flatMap(ip => canonicalIp(ip ?? '') ?? []).filter(ip => familyOf(ip) === family);
	const endpoints = state.slices.flatMap(({endpoints: each}) => each ?? []).filter(({nodeName}) => nodeName !== undefined);
	const nodes = (isOwn: boolean) => state.nodes.filter(({metadata}) => (metadata?.name === node) === isOwn);
	const podsOf = (isOwn: boolean) =>
		nodes(isOwn)
			.flatMap(({spec}) => spec?.podCIDRs ?? [])
			.filter(cidr => familyOf(cidr) === family);
	const isPodOf = (isOwn: boolean) => (ip: string) => podsOf(isOwn).some(cidr => cidrHolds(cidr, ip));
	const addresses = of(endpoints.flatMap(({addresses: each}) => each[0]));
	const ranges = state.services
		.flatMap(({spec}) => spec?.loadBalancerSourceRanges ?? [])
		.flatMap(cidr => canonicalCidr(cidr) ?? [])
		.filter(cidr => familyOf(cidr) === family);
	const senders = (from: Packet['from'], sources: readonly string[]) => [...new Set(sources)].map((source): Sender => ({from, source}));
	return [
		...senders('pod', [...some(random, addresses.filter(isPodOf(true))), ...podsOf(true).map(cidr => addressIn(cidr, random))]),
		...senders('node', [...view.addresses]),
		...senders('outside', [
			...ranges.map(cidr => addressIn(cidr, random)).filter(ip => !view.addresses.has(ip) && !isPodOf(true)(ip)),
			...STRANGERS[family].map(cidr => addressIn(cidr, random)),
			...some(
				random,
				of(
					nodes(false)
						.flatMap(({status}) => status?.addresses ?? [])
						.map(({address}) => address),
				),
			),
			...some(random, addresses.filter(isPodOf(false))),
			...podsOf(false)
				.map(cidr => addressIn(cidr, random))
				.slice(0, 1),
		]),
	];
};
