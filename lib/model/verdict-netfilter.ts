import {cidrHolds} from './address.ts';
import {afterTranslation} from './after-translation.ts';
import {spread} from './backends.ts';
import {categorize} from './categorize.ts';
import type {Context} from './context.ts';
import {describe, healthCheckOf, targetByAddress, targetByNodePort, viasOf, type Target} from './dispatch.ts';
import {isHairpin} from './hairpin.ts';
import {has} from './minors.ts';
import {TRAITS} from './modes/traits.ts';
import {isLocal, isOwnPod, takesNodePorts} from './node-view.ts';
import {isAdmitted} from './source-ranges.ts';
import type {Endpoint} from './state.ts';
import {nameOf} from './state.ts';
import type {Packet, Verdict} from './verdict.ts';

type Case = Context & {
	readonly packet: Packet;
	readonly target: Target;
	readonly what: string;
};

const toBackends = (given: Case, endpoints: readonly Endpoint[], masquerade: boolean, because: string): Verdict => {
	const isMasqueraded = (endpoint: Pick<Endpoint, 'ip' | 'port'>) => masquerade || isHairpin(given, given.packet, endpoint);
	return afterTranslation(
		given,
		given.packet,
		{
			kind: 'backends',
			because,
			...(given.target.port.affinitySeconds !== undefined && {sticky: given.target.port.affinitySeconds}),
			backends: spread(given, given.packet, endpoints, isMasqueraded),
		},
		isMasqueraded,
	);
};

/**
 * nftables masquerades what comes to a cluster address from outside, also where that is an external address: from 1.36 for any Service's,
 * before for the Service's own and in the chain of its internal policy.
 */
const isClusterTraffic = (
	{state: {mode, minor, proxy}, state, view, ports, packet, target: {port}}: Case,
	chain: 'cluster' | 'local',
): boolean =>
	TRAITS[mode].masqueradesClusterAddress &&
	(has('nftSharedMasquerading', minor)
		? ports.some(({clusterIP}) => clusterIP === packet.destination)
		: port.clusterIP === packet.destination && port.internalLocal === (chain === 'local')) &&
	(proxy.masqueradeAll || isOwnPod(state, view, packet) === false);

/**
 * Where a Service claims its own address again, the last element of nftables' map counts, and of iptables' rules the first that there is.
 */
const claimed = ({state: {mode}, view}: Context, {destination}: Packet, target: Target): Target => {
	const {port} = target;
	const vias = viasOf(port, destination);
	const [first, second] = vias;
	if (first === undefined || second === undefined) return target;
	if (TRAITS[mode].claims === 'last') return {port, via: vias.at(-1) ?? first};
	const {local = [], hasAny} = categorize(port, view);
	return first === 'clusterIP' && hasAny && port.internalLocal && local.length === 0 ? {port, via: second} : target;
};

const NO_ENDPOINTS = 'no endpoint is ready, or terminating but serving';

const internal = (given: Case): Verdict => {
	const {
		state,
		view,
		packet,
		target: {port},
		what,
	} = given;
	const {cluster = [], local = [], hasAny} = categorize(port, view);
	if (!hasAny) return {kind: 'refused', because: `${what}: ${NO_ENDPOINTS}`};
	const endpoints = port.internalLocal ? local : cluster;
	if (endpoints.length === 0) return {kind: 'dropped', because: `${what}: internalTrafficPolicy Local, no endpoint on ${view.name}`};
	// Without knowing pods, kube-proxy takes every sender for one.
	const masquerade = state.proxy.masqueradeAll || isOwnPod(state, view, packet) === false;
	return toBackends(
		given,
		endpoints,
		masquerade,
		`${what}: ${port.internalLocal ? 'internalTrafficPolicy Local' : 'all endpoints'}${masquerade ? ', masqueraded' : ''}`,
	);
};

const external = (given: Case): Verdict => {
	const {
		state,
		view,
		packet,
		target: {port, via},
		what,
	} = given;
	const {cluster = [], local = [], hasAny} = categorize(port, view);
	const traits = TRAITS[state.mode];
	const isFromNode = packet.from === 'node' || isLocal(view, packet.source);
	if (via === 'loadBalancerVIP' && (hasAny || traits.firewallWithoutEndpoints) && !isAdmitted(port, view, packet)) {
		return {kind: 'dropped', because: `${what}: ${packet.source} is in none of loadBalancerSourceRanges`};
	}

	if (!hasAny) {
		// What the node sends to an address of its own comes back in through loopback, and is refused there.
		const kind = packet.from === 'node' && !isLocal(view, packet.destination) ? traits.noEndpointsFromNode : 'refused';
		return {kind, because: `${what}: ${NO_ENDPOINTS}`};
	}

	if (!port.externalLocal) return toBackends(given, cluster, true, `${what}: externalTrafficPolicy Cluster, masqueraded`);
	// As if it had gone out to a load balancer and come in again, somewhere.
	if (isOwnPod(state, view, packet))
		return toBackends(
			given,
			cluster,
			isClusterTraffic(given, 'cluster'),
			`${what}: externalTrafficPolicy Local does not bind pods of the cluster`,
		);
	if (isFromNode)
		return toBackends(given, cluster, true, `${what}: externalTrafficPolicy Local does not bind the node itself, masqueraded`);
	if (local.length === 0) return {kind: 'dropped', because: `${what}: externalTrafficPolicy Local, no endpoint on ${view.name}`};
	return toBackends(given, local, isClusterTraffic(given, 'local'), `${what}: externalTrafficPolicy Local`);
};

/**
 * iptables: the filter's rule for a node port without usable endpoints holds for every local address, also for those that take no node
 * ports.
 */
const unusableNodePort = (context: Context, packet: Packet): Verdict | undefined => {
	const target = TRAITS[context.state.mode].noEndpointsOnAnyAddress ? targetByNodePort(context.ports, packet) : undefined;
	if (!target) return undefined;
	const {local = [], hasAny} = categorize(target.port, context.view);
	if (!hasAny) return {kind: 'refused', because: `${describe(target, packet)}: ${NO_ENDPOINTS}`};
	return target.port.externalLocal && local.length === 0
		? {kind: 'dropped', because: `${describe(target, packet)}: externalTrafficPolicy Local, no endpoint on ${context.view.name}`}
		: undefined;
};

const toNode = (context: Context, packet: Packet): Verdict => {
	const health = healthCheckOf(context.ports, packet);
	return (
		unusableNodePort(context, packet) ?? {
			kind: 'node',
			because: health
				? `${nameOf(health)} healthCheckNodePort ${packet.port}`
				: `${packet.destination} is an address of ${context.view.name}, and no Service's node port there`,
		}
	);
};

const elsewhere = ({state, view, ports}: Context, {destination, protocol, port}: Packet): Verdict => {
	const {unusedPort, unallocated} = TRAITS[state.mode];
	const owner = ports.find(({clusterIP}) => clusterIP === destination);
	if (owner)
		return {
			kind: unusedPort,
			because: `${destination} is ${owner.namespace}/${owner.service}'s, which has no port ${protocol} ${port}`,
		};
	const range = (state.serviceCIDRs ?? []).find(cidr => cidrHolds(cidr, destination));
	if (range) return {kind: unallocated, because: `${destination} of the ServiceCIDR ${range} is no Service's`};
	return {kind: 'leaves', because: `${destination} is neither a Service's nor an address of ${view.name}`};
};

/**
 * What kube-proxy in the modes iptables and nftables does to a packet: syncProxyRules of pkg/proxy/iptables/proxier.go and
 * nftables/proxier.go.
 */
export const netfilterVerdict = (context: Context, packet: Packet): Verdict => {
	const {state, view, ports} = context;
	const byAddress = targetByAddress(ports, packet);
	const target =
		(byAddress && claimed(context, packet, byAddress)) ??
		(takesNodePorts(state, view, packet.destination) ? targetByNodePort(ports, packet) : undefined);
	if (target) {
		const given = {...context, packet, target, what: describe(target, packet)};
		return target.via === 'clusterIP' ? internal(given) : external(given);
	}

	return isLocal(view, packet.destination) ? toNode(context, packet) : elsewhere(context, packet);
};
