import {modeOf, type Mode, type TargetMode} from '../../target.ts';
import {has} from '../minors.ts';

/** By design different, not faults. Go files are those of pkg/proxy of 1.36.3. */
export type Traits = {
	/**
	 * Addresses that take node ports when nodePortAddresses is empty: all of the node, or the node's primary ones
	 * (cmd/kube-proxy/app/server_linux.go).
	 */
	readonly nodePortDefault: 'all' | 'primary';
	/** A node port on 127.0.0.1 is possible (iptables: route_localnet; nftables/proxier.go noLocalhost; ipvs/proxier.go skips loopback). */
	readonly localhostNodePorts: boolean;
	/**
	 * A Service's cluster address at a port that it does not have (nftables/proxier.go cluster-ips-check; ipvs/proxier.go
	 * KUBE-IPVS-FILTER).
	 */
	readonly unusedPort: 'leaves' | 'refused';
	/** An address of the ServiceCIDRs that no Service has (nftables/proxier.go cluster-ips-check). */
	readonly unallocated: 'leaves' | 'dropped';
	/** How a backend is chosen: each with the same probability, or by the ipvs scheduler, rr: in turn. */
	readonly choice: 'random' | 'scheduler';
	/**
	 * A packet of the node itself to an external address without any endpoint. iptables hooks KUBE-EXTERNAL-SERVICES into INPUT and FORWARD
	 * alone, nftables hooks service-endpoints-check into output too; with ipvs a virtual server without real servers refuses wherever the
	 * packet comes from.
	 */
	readonly noEndpointsFromNode: 'leaves' | 'refused';
	/**
	 * loadBalancerSourceRanges count also where there is no endpoint (iptables/proxier.go usesFWChain asks for endpoints,
	 * nftables/proxier.go does not).
	 */
	readonly firewallWithoutEndpoints: boolean;
	/**
	 * A pod that reaches itself through its Service is masqueraded: always, or when an endpoint of it carries this node's name, any such
	 * endpoint (ipvs KUBE-LOOP-BACK) or one that traffic reaches (nftables hairpin-connections).
	 */
	hairpin(minor: number): 'any' | 'local' | 'reachable';
	/**
	 * A node port without endpoints is refused (or dropped) on every local address, whatever nodePortAddresses says (iptables/proxier.go:
	 * `--dst-type LOCAL`).
	 */
	readonly noEndpointsOnAnyAddress: boolean;
	/**
	 * Link-local addresses of the node take node ports too where nodePortAddresses is empty (ipvs has no virtual servers on them:
	 * netlink_linux.go isValidForSet).
	 */
	readonly linkLocalNodePorts: boolean;
	/** Where a Service claims its own address again, which of the two counts: the first rule, or the last element of the map. */
	readonly claims: 'first' | 'last';
	/** What comes to a cluster address from outside is masqueraded also where that is an external address of a Service, too. */
	readonly masqueradesClusterAddress: boolean;
	/** How kube-proxy's own refusals meet packets that it has translated before: rules of iptables, or the checks of nftables. */
	readonly refusals: 'rules' | 'checks';
	/** How long a client is remembered: for the Service's time, or as long as ipvs' persistence template lives (affinity.ts). */
	readonly affinity: 'exact' | 'template';
	/**
	 * When kube-proxy mends what somebody else has taken away: it looks after it, or finds out when it has something to change
	 * (nftables/proxier.go has no monitor; all else once an hour).
	 */
	readonly heals: 'within a sync period' | 'at the next change';
	/** The Services' addresses are addresses of every node (kube-ipvs0), which therefore answers ARP for them unless strictARP is on. */
	readonly bindsAddresses: boolean;
	/**
	 * A real server's answer to an address and port that a virtual server remembers is taken for one of that flow, and leaves from the
	 * Service's address: a client that goes from the Service to the pod itself, from the same port, never hears it (ip_vs_core.c
	 * ip_vs_out_hook; UDP is remembered for 5 minutes).
	 */
	readonly claimsDirectAnswers: boolean;
	/**
	 * What answers a node at a port of its own that is a node port there too is dealt out like a client's packet: a SYN+ACK as well
	 * (ip_vs_proto_tcp.c tcp_conn_schedule). Such a connection of a node to another one never stands.
	 */
	readonly schedulesAnswers: boolean;
	/** The kernel must have IPVS (pkg/proxy/ipvs/README.md), which that of a host may lack. */
	readonly needsIpvs: boolean;
	/** The kernel must have nf_tables' families ip and ip6. */
	readonly needsNfTables: boolean;
	/** The oldest kernel for it, left out: any (https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables). */
	readonly oldestKernel?: readonly [major: number, minor: number];
	/** Minor versions of Kubernetes: the first whose kube-proxy has it, in which it is generally available, and that has it no more. */
	readonly minors: {
		readonly first: number;
		readonly stable: number;
		readonly gone: number;
	};
	/** Another mode, which every kernel has that has this one. */
	readonly other: Mode;
};

export const TRAITS: Readonly<Record<Mode, Traits>> = {
	iptables: {
		nodePortDefault: 'all',
		localhostNodePorts: true,
		unusedPort: 'leaves',
		unallocated: 'leaves',
		choice: 'random',
		noEndpointsFromNode: 'leaves',
		firewallWithoutEndpoints: false,
		hairpin: () => 'any',
		noEndpointsOnAnyAddress: true,
		linkLocalNodePorts: true,
		claims: 'first',
		masqueradesClusterAddress: false,
		refusals: 'rules',
		affinity: 'exact',
		heals: 'within a sync period',
		bindsAddresses: false,
		claimsDirectAnswers: false,
		schedulesAnswers: false,
		needsIpvs: false,
		needsNfTables: false,
		minors: {first: 0, stable: 0, gone: Infinity},
		other: 'nftables',
	},
	ipvs: {
		nodePortDefault: 'all',
		localhostNodePorts: false,
		unusedPort: 'refused',
		unallocated: 'leaves',
		choice: 'scheduler',
		noEndpointsFromNode: 'refused',
		firewallWithoutEndpoints: true,
		hairpin: () => 'local',
		noEndpointsOnAnyAddress: false,
		linkLocalNodePorts: false,
		claims: 'first',
		masqueradesClusterAddress: false,
		refusals: 'rules',
		affinity: 'template',
		heals: 'within a sync period',
		bindsAddresses: true,
		claimsDirectAnswers: true,
		schedulesAnswers: true,
		needsIpvs: true,
		needsNfTables: false,
		minors: {first: 0, stable: 0, gone: 43},
		other: 'iptables',
	},
	nftables: {
		nodePortDefault: 'primary',
		localhostNodePorts: false,
		unusedPort: 'refused',
		unallocated: 'dropped',
		choice: 'random',
		noEndpointsFromNode: 'refused',
		firewallWithoutEndpoints: true,
		// The set hairpin-connections is of 1.36.
		hairpin: minor => (has('nftSharedMasquerading', minor) ? 'reachable' : 'any'),
		noEndpointsOnAnyAddress: false,
		linkLocalNodePorts: true,
		claims: 'last',
		masqueradesClusterAddress: true,
		refusals: 'checks',
		affinity: 'exact',
		heals: 'at the next change',
		bindsAddresses: false,
		claimsDirectAnswers: false,
		schedulesAnswers: false,
		needsIpvs: false,
		needsNfTables: true,
		oldestKernel: [5, 13],
		minors: {first: 31, stable: 33, gone: Infinity},
		other: 'iptables',
	},
};

/** Those of a target's mode: of kube-proxy's default where another program takes its place, and while nobody knows the mode. */
export const traitsOf = (mode: TargetMode): Traits => TRAITS[modeOf(mode) ?? 'iptables'];

/**
 * Whether nodes answer ARP (and neighbour solicitations) for Services' addresses; strictARP sets arp_ignore=1 and arp_announce=2
 * (ipvs/proxier.go).
 */
export const answersArp = (mode: Mode, strictARP: boolean): boolean => TRAITS[mode].bindsAddresses && !strictARP;

/** Whether a Service's address answers ping. */
export const answersPing = (mode: Mode, minor: number): boolean => TRAITS[mode].bindsAddresses && !has('ipvsFilter', minor);
