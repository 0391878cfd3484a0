import {cidrHolds, isLoopback} from '../address.ts';
import type {NodeView} from '../node-view.ts';

/** What a node itself has and the API does not tell, as far as it changes kube-proxy's rules. */
export type NodeFacts = {
	/**
	 * All addresses of its interfaces (ipvs: but those of kube-ipvs0); left out: the internal ones of the Node's status. In iptables and
	 * nftables modes they count only where nodePortAddresses holds CIDRs.
	 */
	readonly addresses?: readonly string[];
	/** iptables: whether kube-proxy could make its nfacct counters (kernel module xt_nfacct); left out: it could. */
	readonly nfacct?: boolean;
	/** iptables and ipvs: whether its rules show that source ports are drawn at random; left out: they do. */
	readonly randomFully?: boolean;
};

export type NodePortAddresses = {
	/** Every address of the node takes NodePort traffic. */
	readonly all: boolean;
	/** Those that do, when not all; loopback addresses are left out. */
	readonly ips: readonly string[];
	/** kube-proxy of iptables mode opens NodePorts on 127/8 only then. */
	readonly holdsLoopback: boolean;
	readonly holdsLocalhost: boolean;
};

/** Which addresses take NodePort traffic (pkg/proxy/util/nodeport_addresses.go). */
export const nodePortAddresses = ({nodePortCIDRs: cidrs, addresses, family}: NodeView): NodePortAddresses => {
	const all = cidrs.some(cidr => cidr.endsWith('/0'));
	return {
		all,
		ips: all ? [] : [...addresses].filter(ip => cidrs.some(cidr => cidrHolds(cidr, ip))),
		holdsLoopback: family === 'ipv4' && cidrs.some(cidr => cidrHolds(cidr, '127.0.0.0') || isLoopback(cidr)),
		holdsLocalhost: cidrs.some(cidr => cidrHolds(cidr, '127.0.0.1')),
	};
};
