import type {V1Node} from '@kubernetes/client-node';
import {has} from '../../lib/model/minors.ts';
import type {Draw} from '../../lib/random.ts';
import type {IpFamily} from '../../lib/target.ts';
import type {Settings} from './case.ts';
import {some, weighted} from './draws.ts';

export const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];

/** Where endpoints may be: pods of a node, what runs in its own network, and what is on none. */
export type Place = {readonly ip: string; readonly node?: string};

/** What Services and slices of a case draw from. */
export type World = {
	readonly nodes: readonly V1Node[];
	readonly addresses: readonly string[];
	readonly places: Readonly<Record<IpFamily, readonly Place[]>>;
	readonly zones: readonly string[];
};

export const SERVICE_CIDRS: Readonly<Record<IpFamily, string>> = {ipv4: '172.30.0.0/16', ipv6: 'fd00:172:30::/112'};
const NODES = ['node-1', 'node-2', 'node-3'];
const ZONES = ['a', 'b'];
const PODS_EACH = 4;

const nodeIp = (index: number, family: IpFamily): string => (family === 'ipv4' ? `192.168.0.${index + 2}` : `2001:db8::${index + 2}`);
const podIp = (index: number, pod: number, family: IpFamily): string =>
	family === 'ipv4' ? `10.244.${index + 1}.${pod + 2}` : `fd00:10:244:${index + 1}::${(pod + 2).toString(16)}`;
const gatewayOf = (family: IpFamily): string => (family === 'ipv4' ? '10.244.1.1' : 'fd00:10:244:1::1');

const nodeAt = (draw: Draw, index: number): V1Node => {
	const types = weighted(draw, [
		[12, ['InternalIP']],
		[2, ['ExternalIP', 'InternalIP']],
		[1, ['ExternalIP']],
	]);
	const families = weighted<readonly IpFamily[]>(draw, [
		[10, FAMILIES],
		[3, ['ipv6', 'ipv4']],
		[1, ['ipv4']],
		[1, ['ipv6']],
	]);
	const zone = weighted(draw, [
		[3, ZONES[0]],
		[2, ZONES[1]],
		[1, ''],
		[2, undefined],
	]);
	return {
		metadata: {
			name: NODES[index]!,
			labels: {'kubernetes.io/hostname': NODES[index]!, ...(zone !== undefined && {'topology.kubernetes.io/zone': zone})},
		},
		...(draw.chance(0.8) && {
			spec: {podCIDRs: families.map(family => (family === 'ipv4' ? `10.244.${index + 1}.0/24` : `fd00:10:244:${index + 1}::/64`))},
		}),
		status: {
			addresses: [
				{type: 'Hostname', address: NODES[index]!},
				...types.flatMap(type =>
					families.map(family => ({
						type,
						address:
							type === 'InternalIP'
								? nodeIp(index, family)
								: family === 'ipv4'
									? `198.51.100.${index + 2}`
									: `2001:db8:51::${index + 2}`,
					})),
				),
			],
		},
	};
};

/** Nodes with their addresses, and where endpoints may be. */
export const worldOf = (draw: Draw): World => {
	const nodes = NODES.map((_, index) => nodeAt(draw, index));
	const own = (nodes[0]?.status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);
	const placesOf = (family: IpFamily): readonly Place[] => [
		...NODES.flatMap((node, index) => [
			...Array.from({length: PODS_EACH}, (_, pod) => ({ip: podIp(index, pod, family), node})),
			{ip: nodeIp(index, family), node},
		]),
		...(family === 'ipv4' ? ['203.0.113.9', '203.0.113.10'] : ['2001:db8:113::9', '2001:db8:113::10']).map(ip => ({ip})),
	];
	return {
		nodes,
		zones: ZONES,
		places: {ipv4: placesOf('ipv4'), ipv6: placesOf('ipv6')},
		addresses: [
			...own,
			...(draw.chance(0.7) ? FAMILIES.map(family => gatewayOf(family)) : []),
			...some(draw, ['10.9.0.2', '192.168.77.2', 'fd00:9::2'], draw.int(0, 2)),
		],
	};
};

const CLUSTER_CIDRS = [
	'10.244.0.0/16,fd00:10:244::/56',
	'10.244.0.0/16',
	'fd00:10:244::/56',
	'fd00:10:244::/56,10.244.0.0/16',
	'10.244.5.7/16,fd00:10:244::7/56',
	'',
];
const NODE_PORT_ADDRESSES: ReadonlyArray<readonly string[]> = [
	['primary'],
	['192.168.0.0/24'],
	['192.168.0.0/24', '2001:db8::/64'],
	['10.0.0.0/8', '192.168.0.0/24', 'fd00::/8'],
	['127.0.0.0/8'],
	['127.0.0.1/32', '192.168.0.0/16'],
	['0.0.0.0/0'],
	['::/0'],
	['0.0.0.0/0', '::/0'],
	['192.168.0.0/24', '0.0.0.0/0'],
	['126.0.0.0/7'],
	['::1/128'],
	['203.0.113.0/24', '2001:db8:113::/64'],
];

/** With keywords beside others, which kube-proxy takes from 1.37 on. */
const NODE_PORT_KEYWORDS: ReadonlyArray<readonly string[]> = [
	['all'],
	['localhost'],
	['localhost', 'primary'],
	['primary', '10.0.0.0/8'],
	['primary', 'all'],
	['::1/128', 'primary', 'localhost'],
];

/** How kube-proxy of a minor version is configured. */
export const settingsOf = (draw: Draw, minor: number): Settings => {
	const nodePortAddresses = [...NODE_PORT_ADDRESSES, ...(has('nodePortKeywords', minor) ? NODE_PORT_KEYWORDS : [])];
	const detectLocalMode = weighted(draw, [
		[6, 'ClusterCIDR'],
		[1, ''],
		[3, 'NodeCIDR'],
		[2, 'BridgeInterface'],
		[2, 'InterfaceNamePrefix'],
	]);
	return {
		clusterCIDR: weighted(draw, [[6, CLUSTER_CIDRS[0]!], ...CLUSTER_CIDRS.slice(1).map(cidrs => [1, cidrs] as const)]),
		detectLocalMode,
		detectLocal:
			detectLocalMode === 'BridgeInterface'
				? {bridgeInterface: 'cbr0'}
				: detectLocalMode === 'InterfaceNamePrefix'
					? {interfaceNamePrefix: 'veth'}
					: {},
		nodePortAddresses: draw.chance(0.6) ? [] : draw.pick(nodePortAddresses),
		masqueradeAll: draw.chance(0.15),
		masqueradeBit: draw.chance(0.7) ? 14 : draw.int(0, 31),
		localhostNodePorts: draw.chance(0.7),
		scheduler: weighted(draw, [
			[6, ''],
			[2, 'rr'],
			[1, 'lc'],
			[1, 'sh'],
			[1, 'mh'],
		]),
	};
};
