import {canonicalCidr, canonicalIp, familyOf, isLoopback} from '../model/address.ts';
import {servicePorts} from '../model/service-ports.ts';
import {nameOf, type ClusterState, type Protocol, type ServicePort} from '../model/state.ts';
import type {IpFamily} from '../target.ts';
import {ipOf, rangeOf, textOf} from './ip.ts';
import {addressIn} from './senders.ts';

/** Where a packet may go. */
export type Goal = {
	readonly destination: string;
	readonly port: number;
	readonly protocol: Protocol;
	readonly about: string;
	/** The Service port that serves this. */
	readonly of?: ServicePort;
	readonly via?: 'clusterIP' | 'externalIP' | 'loadBalancer' | 'nodePort';
};

const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];
const LOOPBACK: Readonly<Record<IpFamily, string>> = {ipv4: '127.0.0.1', ipv6: '::1'};
/** Of no Service, no health check and no node port. */
const UNUSED_PORT = 7;

const nodeAddresses = ({nodes}: ClusterState, family: IpFamily): readonly string[] =>
	nodes
		.flatMap(({status}) => status?.addresses ?? [])
		.filter(({type}) => type === 'InternalIP')
		.flatMap(({address}) => canonicalIp(address) ?? [])
		.filter(ip => familyOf(ip) === family);

/** The address after another. */
const nextTo = (ip: string): string => {
	const {value, family} = ipOf(ip)!;
	return textOf(value + 1n, family);
};

/**
 * Every address and port of every Service on a node with the addresses `local`; and beside each what it does not serve: other protocols, an
 * unused port, the next address.
 */
export const goalsOf = (state: ClusterState, node: string, family: IpFamily, local: readonly string[]): readonly Goal[] => {
	const nodeIps = [...new Set([...local, LOOPBACK[family], ...nodeAddresses(state, family)])];
	const isHere = (ip: string) => isLoopback(ip) || local.includes(ip);
	return servicePorts(state, node, family).flatMap((of): readonly Goal[] => {
		const {clusterIP, externalIPs, loadBalancerVIPs, port, protocol, nodePort, healthCheckNodePort} = of;
		const name = nameOf(of);
		const others = PROTOCOLS.filter(each => each !== protocol);
		const own = [
			{destination: clusterIP, via: 'clusterIP'},
			...externalIPs.map(destination => ({destination, via: 'externalIP'}) as const),
			...loadBalancerVIPs.map(destination => ({destination, via: 'loadBalancer'}) as const),
		] as const;
		return [
			...own.flatMap(({destination, via}): readonly Goal[] => [
				{destination, port, protocol, about: `${name} ${via}`, of, via},
				{destination, port: UNUSED_PORT, protocol, about: `${name} ${via}, unused port`},
				...others.map(other => ({destination, port, protocol: other, about: `${name} ${via}, other protocol`})),
			]),
			...(
				[
					[port, protocol],
					[80, 'TCP'],
				] as const
			).map(([number, by]) => ({destination: nextTo(clusterIP), port: number, protocol: by, about: `the address next to ${name}`})),
			...(nodePort === undefined
				? []
				: nodeIps.flatMap((destination): readonly Goal[] => {
						const to = {destination, port: nodePort, protocol};
						return isHere(destination)
							? [
									{...to, about: `${name} nodePort`, of, via: 'nodePort'},
									...others.map(other => ({...to, protocol: other, about: `${name} nodePort, other protocol`})),
								]
							: [{...to, about: `${name} nodePort of another node`}];
					})),
			...(nodePort === undefined
				? []
				: own
						.slice(1)
						.map(({destination}) => ({destination, port: nodePort, protocol, about: `${name} nodePort on its own address`}))),
			...(healthCheckNodePort === undefined
				? []
				: nodeIps.map(destination => ({
						destination,
						port: healthCheckNodePort,
						protocol: 'TCP' as const,
						about: `${name} healthCheckNodePort`,
					}))),
		];
	});
};

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

/** The network of the same size beside one. */
const besides = (cidr: string): string => {
	const range = rangeOf(canonicalCidr(cidr) ?? cidr);
	const bit = range && range.last - range.first + 1n;
	return range && bit !== undefined ? `${textOf(range.first ^ bit, range.family)}/${cidr.split('/')[1]}` : cidr;
};

const ELSEWHERE: Readonly<Record<IpFamily, string>> = {ipv4: '198.51.100.0/24', ipv6: '2001:db8:ffff::/64'};

/** Any port of the nodes, of addresses in and beside the Service range, and of addresses elsewhere. */
export const anyGoal = (state: ClusterState, family: IpFamily, local: readonly string[], random: () => number): Goal => {
	const nodes = [...nodeAddresses(state, family), ...local];
	const to = {port: 1 + Math.floor(random() * 65_535), protocol: pick(random, PROTOCOLS)};
	const kinds = [
		...(state.serviceCIDRs ?? [])
			.filter(cidr => familyOf(cidr) === family)
			.flatMap(cidr => [
				() => ({destination: addressIn(cidr, random), about: 'in the Service range'}),
				() => ({destination: addressIn(besides(cidr), random), about: 'beside the Service range'}),
			]),
		...(nodes.length === 0 ? [] : [() => ({destination: pick(random, nodes), about: 'any port of a node'})]),
		() => ({destination: addressIn(ELSEWHERE[family], random), about: 'elsewhere'}),
	];
	return {...to, ...pick(random, kinds)()};
};
