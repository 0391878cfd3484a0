import type {V1Node} from '@kubernetes/client-node';
import {canonicalCidr, canonicalIp, cidrHolds, familyOf, isLinkLocal, isLoopback} from './address.ts';
import {TRAITS} from './modes/traits.ts';
import type {IpFamily} from '../target.ts';
import type {ClusterState, ServicePort} from './state.ts';
import type {Packet} from './verdict.ts';

/** What a node is to the packets of one family. */
export type NodeView = {
	readonly name: string;
	readonly zone?: string;
	readonly family: IpFamily;
	/**
	 * The one that kube-proxy takes for the node's: without one of the family a loopback address (detectNodeIPs of
	 * cmd/kube-proxy/app/server.go).
	 */
	readonly primary: string;
	/** Addresses of its interfaces, without loopback and kube-ipvs0. */
	readonly addresses: ReadonlySet<string>;
	/** CIDRs whose addresses take node ports (NodePortAddresses, pkg/proxy/util). */
	readonly nodePortCIDRs: readonly string[];
	/** CIDR of the pods that kube-proxy takes for its own. */
	readonly ownPods?: string;
};

const ofFamily = <T extends string>(family: IpFamily, values: readonly T[]): readonly T[] =>
	values.filter(value => familyOf(value) === family);

const ipsOf = (node: V1Node, type: string): readonly string[] =>
	(node.status?.addresses ?? []).filter(each => each.type === type).flatMap(({address}) => canonicalIp(address) ?? []);

/** The first of each family, internal ones before external ones (GetNodeHostIPs, k8s.io/component-helpers/node/util). */
export const primaryOf = (node: V1Node, family: IpFamily): string | undefined =>
	ofFamily(family, [...ipsOf(node, 'InternalIP'), ...ipsOf(node, 'ExternalIP')])[0];

/**
 * nodePortAddresses in CIDRs: keywords beside each other and beside CIDRs are of 1.37, before there was `primary` alone
 * (expandNodePortAddressKeywords of cmd/kube-proxy/app/server.go).
 */
const cidrsOfKeyword = (given: string, node: V1Node): readonly string[] => {
	switch (given) {
		case 'primary':
			return (['ipv4', 'ipv6'] as const)
				.flatMap(family => primaryOf(node, family) ?? [])
				.map(ip => `${ip}/${ip.includes(':') ? 128 : 32}`);
		case 'localhost':
			return ['127.0.0.0/8', '::1/128'];
		case 'all':
			return ['0.0.0.0/0', '::/0'];
		default:
			return [given];
	}
};

const nodePortCidrsOf = ({mode, proxy}: ClusterState, node: V1Node, family: IpFamily): readonly string[] => {
	const given =
		proxy.nodePortAddresses.length === 0 && TRAITS[mode].nodePortDefault === 'primary' ? ['primary'] : proxy.nodePortAddresses;
	const cidrs = given.flatMap(each => cidrsOfKeyword(each, node));
	const own = ofFamily(
		family,
		cidrs.flatMap(cidr => canonicalCidr(cidr) ?? []),
	);
	// No CIDR of this family: no restriction in this family.
	return own.length > 0 ? own : [family === 'ipv4' ? '0.0.0.0/0' : '::/0'];
};

const ownPodsOf = ({proxy}: ClusterState, node: V1Node, family: IpFamily): string | undefined => {
	const cidrs =
		proxy.detectLocalMode === 'ClusterCIDR'
			? proxy.clusterCIDRs
			: proxy.detectLocalMode === 'NodeCIDR'
				? (node.spec?.podCIDRs ?? [])
				: [];
	// kube-proxy uses the first alone (cmd/kube-proxy/app/server_linux.go).
	return ofFamily(
		family,
		cidrs.flatMap(cidr => canonicalCidr(cidr) ?? []),
	)[0];
};

const NO_ADDRESS = {ipv4: '127.0.0.1', ipv6: '::1'} as const;

/**
 * A node as kube-proxy on it sees it. `localAddresses`: of its interfaces, beyond the internal ones that the API tells (a CNI gateway's,
 * say). Throws RangeError for a node that is not in the state.
 */
export const nodeView = (state: ClusterState, name: string, family: IpFamily, localAddresses: readonly string[] = []): NodeView => {
	const node = state.nodes.find(each => each.metadata?.name === name);
	if (!node)
		throw new RangeError(
			`no node ${name} in the cluster's state: it has ${state.nodes.map(each => each.metadata?.name).join(', ') || 'none'}`,
		);
	const zone = node.metadata?.labels?.['topology.kubernetes.io/zone'];
	const ownPods = ownPodsOf(state, node, family);
	return {
		name,
		family,
		primary: primaryOf(node, family) ?? NO_ADDRESS[family],
		...(zone !== undefined && {zone}),
		...(ownPods !== undefined && {ownPods}),
		// External addresses are mostly a cloud's, translated before they reach the node.
		addresses: new Set(
			ofFamily(family, [...ipsOf(node, 'InternalIP'), ...localAddresses.flatMap(ip => canonicalIp(ip) ?? [])]).filter(
				ip => !isLoopback(ip),
			),
		),
		nodePortCIDRs: nodePortCidrsOf(state, node, family),
	};
};

/** Addresses that ipvs binds to kube-ipvs0: those of Services that no other interface has, and every cluster address. */
export const boundAddresses = ({addresses}: NodeView, ports: readonly ServicePort[]): ReadonlySet<string> =>
	new Set([
		...ports.map(({clusterIP}) => clusterIP),
		...ports.flatMap(({externalIPs, loadBalancerVIPs}) => [...externalIPs, ...loadBalancerVIPs]).filter(ip => !addresses.has(ip)),
	]);

/** Address type LOCAL of the routing table; kube-ipvs0 apart. */
export const isLocal = ({addresses}: NodeView, ip: string): boolean => isLoopback(ip) || addresses.has(ip);

/** Whether a node port answers on an address of the node. */
export const takesNodePorts = ({mode, proxy}: ClusterState, view: NodeView, ip: string): boolean => {
	const {nodePortCIDRs: cidrs, family} = view;
	const everywhere = cidrs.some(cidr => cidr.endsWith('/0'));
	if (isLoopback(ip)) {
		// With CIDRs given, the rules name addresses of interfaces, and lo has 127.0.0.1 alone.
		return (
			TRAITS[mode].localhostNodePorts &&
			proxy.localhostNodePorts &&
			family === 'ipv4' &&
			(everywhere || (ip === '127.0.0.1' && cidrs.some(cidr => cidrHolds(cidr, ip))))
		);
	}

	const left = !TRAITS[mode].linkLocalNodePorts && everywhere && isLinkLocal(ip);
	return view.addresses.has(ip) && !left && cidrs.some(cidr => cidrHolds(cidr, ip));
};

/** Whether kube-proxy takes a packet's sender for a pod of its own (pkg/proxy/util/localdetector.go). Undefined: it cannot tell. */
export const isOwnPod = ({proxy: {detectLocalMode}}: ClusterState, {ownPods}: NodeView, {from, source}: Packet): boolean | undefined => {
	if (detectLocalMode === 'BridgeInterface' || detectLocalMode === 'InterfaceNamePrefix') return from === 'pod';
	return ownPods === undefined ? undefined : cidrHolds(ownPods, source);
};
