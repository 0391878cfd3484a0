import type {V1EndpointSlice, V1Node, V1Service} from '@kubernetes/client-node';
import type {Mode} from '../target.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** What of kube-proxy's configuration changes its rules (KubeProxyConfiguration, kubeproxy.config.k8s.io/v1alpha1). */
export type ProxyConfig = {
	/** Pod networks, for DetectLocalMode ClusterCIDR; with NodeCIDR the node's own podCIDRs count. */
	readonly clusterCIDRs: readonly string[];
	readonly detectLocalMode: 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix' | 'none';
	/** Name or prefix, for the two interface modes. */
	readonly localInterface?: string;
	readonly masqueradeAll: boolean;
	/** iptables and ipvs mark packets for masquerading with 1 << bit. */
	readonly masqueradeBit: number;
	/** iptables.localhostNodePorts. */
	readonly localhostNodePorts: boolean;
	/** CIDRs, or `primary`; empty: the mode's default (iptables, ipvs: all addresses; nftables: primary). */
	readonly nodePortAddresses: readonly string[];
	/** net.netfilter.nf_conntrack_tcp_be_liberal as the proxy found or set it: without it INVALID packets are dropped. */
	readonly tcpBeLiberal: boolean;
	/** Of ipvs mode alone; left out: as kube-proxy has it without any configuration. */
	readonly ipvs?: IpvsConfig;
};

export type IpvsConfig = {
	/** Of every virtual server: `rr`, `mh` … */
	readonly scheduler: string;
	/** Virtual servers at these addresses are somebody else's: kube-proxy does not take them down. */
	readonly excludeCIDRs: readonly string[];
	/** kube-proxy sets arp_ignore and arp_announce, so that nodes do not answer ARP for the addresses of kube-ipvs0. */
	readonly strictARP: boolean;
};

/** What the API says, with what decides how kube-proxy turns it into rules. Objects are the API's own, as JSON. */
export type ClusterState = {
	readonly services: readonly V1Service[];
	readonly slices: readonly V1EndpointSlice[];
	readonly nodes: readonly V1Node[];
	readonly mode: Mode;
	/** Minor version of kube-proxy: 36 for 1.36.3. */
	readonly minor: number;
	readonly proxy: ProxyConfig;
	/** Of the ServiceCIDR objects: nftables drops what goes to their unallocated addresses. Left out: not known, none. */
	readonly serviceCIDRs?: readonly string[];
};

/** One endpoint of one port, as kube-proxy sees it on one node (pkg/proxy/endpoint.go). */
export type Endpoint = {
	readonly ip: string;
	readonly port: number;
	readonly node?: string;
	/** On the node that is asked about. */
	readonly local: boolean;
	readonly ready: boolean;
	readonly serving: boolean;
	readonly terminating: boolean;
	readonly zoneHints: readonly string[];
	readonly nodeHints: readonly string[];
};

/** One port of one Service in one family that kube-proxy serves (pkg/proxy/serviceport.go). */
export type ServicePort = {
	readonly namespace: string;
	readonly service: string;
	/** Empty for an unnamed port. */
	readonly portName: string;
	readonly protocol: Protocol;
	readonly clusterIP: string;
	readonly port: number;
	readonly nodePort?: number;
	readonly externalIPs: readonly string[];
	/** LoadBalancer ingress addresses with ipMode VIP. */
	readonly loadBalancerVIPs: readonly string[];
	readonly sourceRanges: readonly string[];
	readonly healthCheckNodePort?: number;
	/** Seconds; left out: no affinity. */
	readonly affinitySeconds?: number;
	readonly internalLocal: boolean;
	readonly externalLocal: boolean;
	/** Has a nodePort, an external address or a load balancer's. */
	readonly external: boolean;
	/** All endpoints of the port that kube-proxy keeps, in its order (by address, then port, as strings). */
	readonly endpoints: readonly Endpoint[];
};

/**
 * Endpoints of a port that traffic of each policy reaches from one node (CategorizeEndpoints, pkg/proxy/topology.go). Undefined: the policy
 * is not in use.
 */
export type Categorized = {
	readonly cluster?: readonly Endpoint[];
	readonly local?: readonly Endpoint[];
	/** Union of the two. */
	readonly reachable: readonly Endpoint[];
	/** Anywhere in the cluster. */
	readonly hasAny: boolean;
};

/** `ns/svc:port`, or `ns/svc` for an unnamed port, as kube-proxy writes it (ServicePortName.String). */
export const nameOf = ({namespace, service, portName}: Pick<ServicePort, 'namespace' | 'service' | 'portName'>): string =>
	`${namespace}/${service}${portName === '' ? '' : `:${portName}`}`;
