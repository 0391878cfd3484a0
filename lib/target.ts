import type {Access} from './shell/shell.ts';

/** How kube-proxy programs the node. Detection also knows 'none': another program takes kube-proxy's place. */
export type Mode = 'iptables' | 'ipvs' | 'nftables';
export const MODES: readonly Mode[] = ['iptables', 'ipvs', 'nftables'];

/** Address families of the cluster: 'dual' means IPv4 and IPv6 side by side. */
export type Family = 'ipv4' | 'dual';
export const FAMILIES: readonly Family[] = ['ipv4', 'dual'];

/** One address family, as the API calls them (Service.spec.ipFamilies) in lower case. */
export type IpFamily = 'ipv4' | 'ipv6';

/** Those of a cluster. */
export const familiesOf = (family: Family): readonly IpFamily[] => (family === 'dual' ? ['ipv4', 'ipv6'] : ['ipv4']);

/** Where the programs of a cluster come from: the official release's files and images, or Go modules that are built here. */
export const PARTS = ['release', 'go'] as const;
export type PartsOrigin = (typeof PARTS)[number];

/** What a run is about: one cluster that a provider makes or finds. `parts`: only where the provider has that choice; left out: it chooses. */
export type Target = {readonly provider: string; readonly mode: Mode; readonly family: Family; readonly version: string; readonly workers: number; readonly parts?: PartsOrigin};

/** The answer to "can this be done here"; `why` is shown verbatim. */
export type Support = {ok: true; how: string} | {ok: false; why: string};

export type Role = 'control-plane' | 'worker';
export type NodeRef = {
	readonly name: string;
	readonly role: Role;
	readonly ips: readonly string[];
	readonly access: Access;
	/** What can be done to the node from outside, where the provider gives that: its port on the switch, and programs of this host that take its power and give it back. */
	readonly domain?: {readonly port: {readonly access: Access; readonly name: string}; readonly power: {readonly off: readonly string[]; readonly on: readonly string[]}};
};

/** A cluster as plain JSON, so that any process can attach to it again. Its kubeconfig is a file of its own, never ~/.kube/config. */
export type ClusterRef = {
	readonly id: string;
	readonly dir: string;
	readonly target: Target;
	readonly kubeconfig: string;
	readonly nodes: readonly NodeRef[];
	/** A host on the nodes' network segment that is not part of the cluster. */
	readonly outside?: {readonly ips: readonly string[]; readonly access: Access};
	/** Images the cluster can start without a registry. */
	readonly images: {readonly agnhost: string; readonly client: string};
	/** Versions of what the cluster is made of, beyond what its API tells. */
	readonly parts: Readonly<Record<string, string>>;
	/** Lines that tell a person how to use the cluster. */
	readonly usage: readonly string[];
};

/** The minor version of Kubernetes in a text: 36 for 1.36.3 and v1.36.3; undefined: it names none. */
export const minorOf = (version: string): number | undefined => {
	const [, minor] = /v?1\.(\d+)/.exec(version) ?? [];
	return minor === undefined ? undefined : Number(minor);
};

/** The short name of a target in reports and file names: `embedded/iptables/ipv4/1.36.3`. */
export const targetKey = (t: Target): string => `${t.provider}/${t.mode}/${t.family}/${t.version}`;
