import type {Access} from './access.ts';

/** How kube-proxy programs the node. */
export type Mode = 'iptables' | 'ipvs' | 'nftables';
export const MODES: readonly Mode[] = ['iptables', 'ipvs', 'nftables'];

/** What is found on a cluster. 'none': another program takes kube-proxy's place. */
export type FoundMode = Mode | 'none';

/**
 * What a target says of its mode. 'unknown': a cluster that exists and tells it only when it is probed; a provider that can ask settles it
 * in its preflight.
 */
export type TargetMode = FoundMode | 'unknown';

/** The kube-proxy mode that a word names; undefined for a cluster that has no kube-proxy, or was not asked yet. */
export const modeOf = (word: string): Mode | undefined => MODES.find(mode => mode === word);

/**
 * The mode whose contract a cluster is held to: kube-proxy's default where another program takes its place, as that must look the same from
 * outside.
 */
export const contractMode = (found: FoundMode): Mode => (found === 'none' ? 'iptables' : found);

/**
 * Which kernel the nodes run: the host's, or each its own as user-mode Linux, Debian's or one that is built here. Where none is asked for,
 * the first that fits is taken.
 */
export const NODE_KERNELS = ['host', 'uml-built', 'uml'] as const;
export type NodeKernel = (typeof NODE_KERNELS)[number];

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

/**
 * One cluster that a provider makes or finds; a run has one target or several. `parts`, `nodeKernel`: only where the provider has that
 * choice; left out: it chooses.
 */
export type Target = {
	readonly provider: string;
	readonly mode: TargetMode;
	readonly family: Family;
	readonly version: string;
	readonly workers: number;
	readonly parts?: PartsOrigin;
	readonly nodeKernel?: NodeKernel;
	/** A cluster that exists: where, and what was agreed to. */
	readonly existing?: {
		readonly kubeconfig?: string;
		readonly context?: string;
		/** File that tells how the nodes are reached. */
		readonly inventory?: string;
		/** The user agrees to what is made in it. */
		readonly yes: boolean;
		/** Checks may disturb what others use: its nodes, its DNS, kube-proxy. */
		readonly disruptive?: boolean;
		/** The pool of a MetalLB that is there, `name` or `namespace/name`, that checks may take addresses of. */
		readonly metallbPool?: string;
	};
	/** The node image, where nodes are containers; left out: the provider's. */
	readonly image?: string;
};

/** The answer to "can this be done here"; `why` is shown verbatim. */
export type Support = {ok: true; how: string} | {ok: false; why: string};

/** What can be put into a cluster when a check asks for it. */
export type AddOn = 'metallb' | 'network-policy' | 'older-proxy';

export type Role = 'control-plane' | 'worker';
export type NodeRef = {
	readonly name: string;
	readonly role: Role;
	readonly ips: readonly string[];
	/** Left out: the cluster gives none. */
	readonly access?: Access;
	/**
	 * What can be done to the node from outside, where the provider gives that: its port on the switch, and programs of this host that take
	 * its power and give it back.
	 */
	readonly domain?: {
		readonly port: {readonly access: Access; readonly name: string};
		readonly power: {readonly off: readonly string[]; readonly on: readonly string[]};
	};
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
	readonly images: {
		readonly agnhost: string;
		readonly client: string;
		/** What the client's container runs; left out: what its image says. */
		readonly clientCommand?: readonly string[];
		/** kube-proxy of the minor version before, in the nodes once `older-proxy` is put in; left out: there is none. */
		readonly olderProxy?: string;
	};
	/**
	 * A program of this host, static, that asks musl's resolver, to be brought to a pod; or why there is none. Left out: its provider has
	 * none.
	 */
	readonly muslResolver?: {readonly path: string; readonly version: string} | {readonly why: string};
	/** What its provider can put into it later, or why it cannot; left out: nothing. */
	readonly addOns?: Readonly<Partial<Record<AddOn, Support>>>;
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

/** Whether each of its nodes has a kernel, and with it one processor, of its own. */
export const ownKernels = ({nodeKernel = 'host'}: Pick<Target, 'nodeKernel'>): boolean => nodeKernel !== 'host';

/** The short name of a target in reports: `embedded/iptables/ipv4/1.36.3`, with the kernel's word where nodes do not share the host's. */
export const targetKey = ({provider, mode, family, version, nodeKernel = 'host'}: Target): string =>
	[provider, mode, family, version, ...(nodeKernel === 'host' ? [] : [nodeKernel])].join('/');
