import type {V1Node, V1Service, V1ServiceCIDR} from '@kubernetes/client-node';
import {canonicalIp} from '../../model/address.ts';

/** All ClusterIPs of a Service, canonical. */
export const clusterIpsOf = ({spec}: V1Service): readonly string[] =>
	[...new Set([...(spec?.clusterIPs ?? []), spec?.clusterIP ?? ''])].flatMap(ip => (ip === 'None' ? [] : (canonicalIp(ip) ?? [])));

/** Addresses that a load balancer has given it. */
export const balancerIpsOf = ({status}: V1Service): readonly string[] =>
	(status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => canonicalIp(ip ?? '') ?? []);

export const externalIpsOf = ({spec}: V1Service): readonly string[] => (spec?.externalIPs ?? []).flatMap(ip => canonicalIp(ip) ?? []);

/** Addresses of the nodes, with whose they are. */
export const nodeIps = (nodes: readonly V1Node[]): ReadonlyMap<string, V1Node> =>
	new Map(
		nodes.flatMap(node =>
			(node.status?.addresses ?? []).flatMap(({address}) => {
				const ip = canonicalIp(address);
				return ip === undefined ? [] : [[ip, node] as const];
			}),
		),
	);

export const rangesOf = (serviceCIDRs: readonly V1ServiceCIDR[]): readonly string[] => serviceCIDRs.flatMap(({spec}) => spec?.cidrs ?? []);

/** Groups of two and more that have the same key. */
export const clashes = <T>(
	all: readonly T[],
	keysOf: (one: T) => readonly string[],
): readonly (readonly [key: string, those: readonly T[]])[] => {
	const groups = new Map<string, T[]>();
	for (const one of all) for (const key of new Set(keysOf(one))) groups.set(key, [...(groups.get(key) ?? []), one]);
	return [...groups].filter(([, those]) => those.length > 1);
};
