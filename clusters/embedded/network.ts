import type {Family} from '../../lib/target.ts';
import {hostAddress, nodeAddress, podSubnet, podSubnetOf, segmentPrefix, versionsOf, type Version} from './addresses.ts';
import {digest} from './cache.ts';
import {onHost} from './host.ts';
import {linkToHost} from './machine/namespaces.ts';
import type {Owner} from './machine/machine.ts';

/** A shell condition: the API server serves. On an emulated machine that starts a cluster, a TLS handshake alone takes seconds. */
export const API_ANSWERS = `curl --silent --output /dev/null --fail --insecure --max-time 10 https://${hostAddress('api')}:6443/readyz`;

export type Leg = {
	readonly link: string;
	readonly host: string;
	readonly cluster: string;
};

type Place = {readonly family: Family; readonly address: (version: Version) => string};

/**
 * `ip -batch` lines of a machine with one interface on the segment. Nobody else can have its addresses: it does not look for duplicates.
 */
export const segmentNetwork = ({family, address}: Place, routes: readonly string[] = []): readonly string[] => [
	'link set lo up',
	...versionsOf(family).map(version => `addr add ${address(version)}/${segmentPrefix(version)} dev eth0${version === 6 ? ' nodad' : ''}`),
	'link set eth0 up',
	...routes,
];

/** The route to everything else. */
export const defaultRoute = (family: Family): readonly string[] =>
	versionsOf(family).map(version => `route add default via ${hostAddress('gateway', version)}`);

/** Routes to the pods of every Node but `self`. */
export const podRoutes = (family: Family, nodes: number, self?: number): readonly string[] =>
	versionsOf(family).flatMap(version =>
		Array.from({length: nodes}, (_, index) => index)
			.filter(index => index !== self)
			.map(index => `route add ${podSubnetOf(index, version)} via ${nodeAddress(index, version)}`),
	);

/** Settings of a machine's IPv6: off where the cluster has none; else nothing that takes time or listens to others. */
export const ipv6Settings = (family: Family): Readonly<Record<string, string>> =>
	family === 'dual'
		? Object.fromEntries(
				['all', 'default'].flatMap(name =>
					[
						['disable_ipv6', '0'],
						['accept_dad', '0'],
						['accept_ra', '0'],
					].map(([key, value]) => [`net/ipv6/conf/${name}/${key}`, value as string]),
				),
			)
		: {'net/ipv6/conf/all/disable_ipv6': '1'};

/** What leaves the pod network takes the node's address, as every CNI does it; kube-proxy masquerades only what it marked. */
export const masquerade = (family: Family): string =>
	versionsOf(family)
		.map(version => {
			const ip = version === 6 ? 'ip6' : 'ip';
			return `table ${ip} cni-masquerade {
	chain postrouting {
		type nat hook postrouting priority srcnat + 10; policy accept;
		${ip} saddr ${podSubnet(version)} ${ip} daddr != ${podSubnet(version)} oifname "eth0" masquerade
	}
}
`;
		})
		.join('');

/** The same for iptables-restore and ip6tables-restore, where the kernel has no nf_tables for these families. */
export const masqueradeByIptables = (family: Family): Readonly<Record<'iptables' | 'ip6tables', string>> => {
	const rules = (version: Version): string =>
		versionsOf(family).includes(version)
			? `*nat\n-A POSTROUTING -s ${podSubnet(version)} ! -d ${podSubnet(version)} -o eth0 -j MASQUERADE\nCOMMIT\n`
			: '';
	return {iptables: rules(4), ip6tables: rules(6)};
};

/** What the gateway takes in: nothing but questions for its link-layer address, which IPv6 asks over IP. */
export const GATEWAY_RULES = `table inet gateway {
	chain input {
		type filter hook input priority 0; policy drop;
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
	}
}
`;

/**
 * Chooses the /31 between the host and the API machine, of the range for tests of network equipment (RFC 2544), by the cluster's id;
 * passes over what the host already has. Two clusters with one id cannot be.
 */
export const chooseLeg = async (id: string): Promise<Leg> => {
	const taken = await onHost(['ip', '-o', '-4', 'addr', 'show']);
	const start = Number.parseInt(digest(id).slice(0, 4), 16);
	for (let step = 0; step < 0x10000; step++) {
		const slot = (start + step) % 0x10000;
		const at = (last: number): string => `198.${18 + (slot >> 15)}.${(slot >> 7) & 255}.${((slot & 127) << 1) + last}`;
		if (!taken.includes(` ${at(0)}/`)) return {link: `vipcheck-${id}`, host: at(0), cluster: at(1)};
	}
	throw new Error('every /31 of 198.18.0.0/15 is in use on this host: run `vipcheck clean`');
};

/** The one link between a cluster and the host. It ends in the API machine, which forwards nothing. */
export const plugLeg = async (leg: Leg, owner: Owner, api: string): Promise<void> => {
	await linkToHost(leg.link, owner, api, 'leg');
	const lines = [`link set ${leg.link} addrgenmode none`, `addr add ${leg.host}/31 dev ${leg.link}`, `link set ${leg.link} up`];
	await onHost(['ip', '-batch', '-'], {stdin: `${lines.join('\n')}\n`});
};
