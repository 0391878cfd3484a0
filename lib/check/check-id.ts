import type {Family, IpFamily} from '../target.ts';

/** In a cluster with two families each check runs once in each, under the name `clusterip/reach@ipv6`. */
export const idIn = (id: string, family: IpFamily, cluster: Family): string => (cluster === 'dual' ? `${id}@${family}` : id);

/** The family of such a name; what follows it (`+M2` in a fault run) does not matter. */
export const familyOf = (id: string): IpFamily => (/@ipv6(?:$|\+)/.test(id) ? 'ipv6' : 'ipv4');

/** The check's own id, which is its path below suites/. */
export const pathOf = (id: string): string => id.replace(/[@+].*$/, '');
