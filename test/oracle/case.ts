import type {V1EndpointSlice, V1Node, V1Service} from '@kubernetes/client-node';
import {proxyConfigOf} from '../../lib/gather/proxy-config.ts';
import type {ClusterState} from '../../lib/model/state.ts';
import type {NodeFacts} from '../../lib/model/rules/node-addresses.ts';
import type {Mode} from '../../lib/target.ts';

/** Of a KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), what changes its rules. */
export type Settings = {
	readonly clusterCIDR: string;
	readonly detectLocalMode: string;
	readonly detectLocal: {readonly bridgeInterface?: string; readonly interfaceNamePrefix?: string};
	readonly nodePortAddresses: readonly string[];
	readonly masqueradeAll: boolean;
	readonly masqueradeBit: number;
	readonly localhostNodePorts: boolean;
	readonly scheduler: string;
};

/** A cluster and one of its nodes, whatever the mode: all that decides about the rules of the kube-proxy there. */
export type Case = {
	readonly services: readonly V1Service[];
	readonly slices: readonly V1EndpointSlice[];
	/** The one that is asked about comes first. */
	readonly nodes: readonly V1Node[];
	readonly serviceCIDRs: readonly string[];
	readonly settings: Settings;
	/** Of the node's interfaces, without loopback. */
	readonly addresses: readonly string[];
	/** net.netfilter.nf_conntrack_tcp_be_liberal is 1. */
	readonly tcpBeLiberal: boolean;
	/** The kernel can count with xt_nfacct. */
	readonly nfacct: boolean;
};

export type Version = {readonly mode: Mode; /** 36 for 1.36.3. */ readonly minor: number};

/** kube-proxy's file. */
const configurationOf = (
	{clusterCIDR, detectLocalMode, detectLocal, nodePortAddresses, masqueradeAll, masqueradeBit, localhostNodePorts, scheduler}: Settings,
	mode: Mode,
): object => ({
	apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
	kind: 'KubeProxyConfiguration',
	mode,
	clusterCIDR,
	detectLocalMode,
	detectLocal,
	nodePortAddresses,
	iptables: {masqueradeAll, masqueradeBit, localhostNodePorts},
	nftables: {masqueradeAll, masqueradeBit},
	ipvs: {scheduler},
});

/** The name of the node that is asked about. Throws RangeError for a cluster without nodes. */
export const nodeOf = ({nodes: [node]}: Pick<Case, 'nodes'>): string => {
	const name = node?.metadata?.name;
	if (name === undefined) throw new RangeError('a case has a node');
	return name;
};

/** What the model is asked with. */
export const stateOf = ({services, slices, nodes, serviceCIDRs, settings, tcpBeLiberal}: Case, {mode, minor}: Version): ClusterState => ({
	services,
	slices,
	nodes,
	serviceCIDRs,
	mode,
	minor,
	proxy: proxyConfigOf(JSON.stringify(configurationOf(settings, mode)), tcpBeLiberal ? '1' : '0'),
});

export const factsOf = ({addresses, nfacct}: Case): NodeFacts => ({addresses, nfacct});

/** One line for the program that has kube-proxy's own code make the rules (.ci/oracle/dump/input.go). */
export const lineOf = (one: Case, mode: Mode): string =>
	JSON.stringify({
		configuration: configurationOf(one.settings, mode),
		node: one.nodes[0],
		services: one.services,
		slices: one.slices,
		serviceCIDRs: one.serviceCIDRs,
		addresses: one.addresses,
		tcpBeLiberal: one.tcpBeLiberal,
		hasNfacct: one.nfacct,
	});
