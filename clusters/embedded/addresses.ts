import type {Family} from '../../lib/target.ts';

export type Version = 4 | 6;

/**
 * Addresses of a cluster. Each cluster has a segment of its own inside namespaces of its own, so all clusters use the same ones;
 * only the leg to the host differs. IPv6 ones are of the range for private use (RFC 4193).
 */
const PLAN = {
	4: {
		prefix: 24,
		onSegment: (host: number) => `172.18.0.${host}`,
		pods: '10.244.0.0/16',
		podsOf: (node: number) => `10.244.${node}.0/24`,
		services: '10.96.0.0/16',
	},
	6: {
		prefix: 64,
		onSegment: (host: number) => `fd00:172:18::${host}`,
		pods: 'fd00:10:244::/56',
		podsOf: (node: number) => (node === 0 ? 'fd00:10:244::/64' : `fd00:10:244:${node.toString(16)}::/64`),
		services: 'fd00:10:96::/112',
	},
} as const;

const HOSTS = {gateway: 1, api: 2, outside: 100} as const;
/** The control-plane Node; workers follow. */
const FIRST_NODE = 10;

/** IP versions of a cluster of this family; the first is the one that its own parts talk over. */
export const versionsOf = (family: Family): readonly Version[] => (family === 'dual' ? [4, 6] : [4]);

/** Length of the segment's prefix. */
export const segmentPrefix = (version: Version): number => PLAN[version].prefix;

/** Address on the segment of a machine that is not a Node. */
export const hostAddress = (host: keyof typeof HOSTS, version: Version = 4): string => PLAN[version].onSegment(HOSTS[host]);

/** Address on the segment of the Node with this index (0 is the control-plane Node). */
export const nodeAddress = (index: number, version: Version = 4): string => PLAN[version].onSegment(FIRST_NODE + index);

/** Addresses of all pods, and of all Services. */
export const podSubnet = (version: Version): string => PLAN[version].pods;
export const serviceSubnet = (version: Version): string => PLAN[version].services;
/** Addresses of the pods of the Node with this index. */
export const podSubnetOf = (index: number, version: Version): string => PLAN[version].podsOf(index);

/** The first address of the range is the API server's Service; kubeadm gives the tenth to DNS. */
export const API_VIP = '10.96.0.1';
export const CLUSTER_DNS = '10.96.0.10';
