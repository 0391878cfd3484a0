import type {Family, IpFamily} from './target.ts';

/** In a cluster with two families each check runs once in each, under the name `clusterip/reach@ipv6`. */
export const idIn = (id: string, family: IpFamily, cluster: Family): string => (cluster === 'dual' ? `${id}@${family}` : id);

/** The family of such a name; what follows it (`+endpoint-rule` in a fault run) does not matter. */
export const familyOf = (id: string): IpFamily => (/@ipv6(?:$|\+)/.test(id) ? 'ipv6' : 'ipv4');

/** The check's own id, which is its path below suites/. */
export const pathOf = (id: string): string => partsOf(id).slice(0, 2).join('/');

/** The row of `rules/ipset-exact/KUBE-CLUSTER-IP`; undefined: the id is of a whole check. */
export const rowOf = (id: string): string | undefined => partsOf(id)[2];

/** The run that an id belongs to: rows of one check in one family come from one run of its body. */
export const runOf = (id: string): string => `${pathOf(id)}${/[@+].*$/.exec(id)?.[0] ?? ''}`;

const partsOf = (id: string): readonly string[] => id.replace(/[@+].*$/, '').split('/');
