import type {Mode} from '../target.ts';
import {has} from './minors.ts';

/** By design different, not faults. Go files are those of pkg/proxy of 1.36.3. */
export type Traits = {
	/** Addresses that take node ports when nodePortAddresses is empty: all of the node, or the node's primary ones (cmd/kube-proxy/app/server_linux.go). */
	readonly nodePortDefault: 'all' | 'primary';
	/** A node port on 127.0.0.1 is possible (iptables: route_localnet; nftables/proxier.go noLocalhost; ipvs/proxier.go skips loopback). */
	readonly localhostNodePorts: boolean;
	/** A Service's cluster address at a port that it does not have (nftables/proxier.go cluster-ips-check; ipvs/proxier.go KUBE-IPVS-FILTER). */
	readonly unusedPort: 'leaves' | 'refused';
	/** An address of the ServiceCIDRs that no Service has (nftables/proxier.go cluster-ips-check). */
	readonly unallocated: 'leaves' | 'dropped';
	/** How a backend is chosen: each with the same probability, or by the ipvs scheduler, rr: in turn. */
	readonly choice: 'random' | 'scheduler';
	/**
	 * A packet of the node itself to an external address without any endpoint. iptables hooks KUBE-EXTERNAL-SERVICES into INPUT and FORWARD alone,
	 * nftables hooks service-endpoints-check into output too; with ipvs a virtual server without real servers refuses wherever the packet comes from.
	 */
	readonly noEndpointsFromNode: 'leaves' | 'refused';
	/** loadBalancerSourceRanges count also where there is no endpoint (iptables/proxier.go usesFWChain asks for endpoints, nftables/proxier.go does not). */
	readonly firewallWithoutEndpoints: boolean;
	/** A pod that reaches itself through its Service is masqueraded: always, or when an endpoint of it carries this node's name, any such endpoint (ipvs KUBE-LOOP-BACK) or one that traffic reaches (nftables hairpin-connections). */
	readonly hairpin: 'any' | 'local' | 'reachable';
	/** A node port without endpoints is refused (or dropped) on every local address, whatever nodePortAddresses says (iptables/proxier.go: `--dst-type LOCAL`). */
	readonly noEndpointsOnAnyAddress: boolean;
	/** The Services' addresses are addresses of every node (kube-ipvs0), which therefore answers ARP for them unless strictARP is on. */
	readonly bindsAddresses: boolean;
};

export const TRAITS: Readonly<Record<Mode, Traits>> = {
	iptables: {
		nodePortDefault: 'all', localhostNodePorts: true, unusedPort: 'leaves', unallocated: 'leaves', choice: 'random', noEndpointsFromNode: 'leaves',
		firewallWithoutEndpoints: false, hairpin: 'any', noEndpointsOnAnyAddress: true, bindsAddresses: false,
	},
	ipvs: {
		nodePortDefault: 'all', localhostNodePorts: false, unusedPort: 'refused', unallocated: 'leaves', choice: 'scheduler', noEndpointsFromNode: 'refused',
		firewallWithoutEndpoints: true, hairpin: 'local', noEndpointsOnAnyAddress: false, bindsAddresses: true,
	},
	nftables: {
		nodePortDefault: 'primary', localhostNodePorts: false, unusedPort: 'refused', unallocated: 'dropped', choice: 'random', noEndpointsFromNode: 'refused',
		firewallWithoutEndpoints: true, hairpin: 'reachable', noEndpointsOnAnyAddress: false, bindsAddresses: false,
	},
};

/** Which pods that reach themselves through their Service are masqueraded; nftables' set hairpin-connections is of 1.36. */
export const hairpinOf = (mode: Mode, minor: number): Traits['hairpin'] => mode === 'nftables' && !has('nftSharedMasquerading', minor) ? 'any' : TRAITS[mode].hairpin;

/** Whether nodes answer ARP (and neighbour solicitations) for Services' addresses; strictARP sets arp_ignore=1 and arp_announce=2 (ipvs/proxier.go). */
export const answersArp = (mode: Mode, strictARP: boolean): boolean => TRAITS[mode].bindsAddresses && !strictARP;

/** Whether a Service's address answers ping. */
export const answersPing = (mode: Mode, minor: number): boolean => TRAITS[mode].bindsAddresses && !has('ipvsFilter', minor);
