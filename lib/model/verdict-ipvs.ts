import {isLoopback} from './address.ts';
import {spread} from './backends.ts';
import {categorize} from './categorize.ts';
import type {Context} from './context.ts';
import {describe, healthCheckOf, targetByAddress, targetByNodePort, type Target} from './dispatch.ts';
import {isHairpin} from './hairpin.ts';
import {has} from './minors.ts';
import {boundAddresses, isLocal, isOwnPod, takesNodePorts} from './node-view.ts';
import {nodePortIps} from './rules/ipvs/addresses.ts';
import {allowsNode, isAdmitted} from './source-ranges.ts';
import {nameOf} from './state.ts';
import type {Packet, Verdict} from './verdict.ts';

type Case = Context & {
	readonly packet: Packet;
	readonly target: Target;
	readonly what: string;
};

/**
 * Source ranges are asked in INPUT, which the node's own packets do not pass: those are stopped only when they come from the balancer's
 * address and no range holds the node's.
 */
const isStopped = ({view, packet, target: {port, via}}: Case): boolean => {
	if (via !== 'loadBalancerVIP' || port.sourceRanges.length === 0) return false;
	return packet.from === 'node' ? packet.source === packet.destination && !allowsNode(port, view) : !isAdmitted(port, view, packet);
};

/**
 * The sets of node ports of TCP and UDP hold numbers alone, and an address of kube-ipvs0 is one of the node's: so what goes to a Service's
 * own port of that number is taken for it.
 */
const isTakenForNodePort = ({view, ports, packet: {port: number, protocol}}: Case): boolean => {
	const taken = ports.find(({nodePort, protocol: own}) => nodePort === number && own === protocol);
	return taken !== undefined && protocol !== 'SCTP' && !taken.externalLocal && nodePortIps(view, boundAddresses(view, ports)).length > 0;
};

const isMasqueraded = (given: Case): boolean => {
	const {
		state,
		view,
		ports,
		packet,
		target: {port, via},
	} = given;
	// The first rule of KUBE-SERVICES lets go of loopback's packets.
	if (isLoopback(packet.source)) return false;
	if (via !== 'clusterIP') return !port.externalLocal || (via === 'loadBalancerVIP' && isTakenForNodePort(given));
	if (isTakenForNodePort(given)) return true;
	const own = isOwnPod(state, view, packet);
	if (state.proxy.masqueradeAll || own !== undefined) return state.proxy.masqueradeAll || own === false;
	// KUBE-CLUSTER-IP src,dst: the node's own packets come from the address they go to, which is on kube-ipvs0.
	return ports.some(each => each.clusterIP === packet.source && each.port === packet.port && each.protocol === packet.protocol);
};

const toVirtualServer = (given: Case): Verdict => {
	const {
		view,
		packet,
		target: {port, via},
		what,
	} = given;
	const {cluster = [], local = []} = categorize(port, view);
	const policy = via === 'clusterIP' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
	const bound = via === 'clusterIP' ? port.internalLocal : port.externalLocal;
	// Local without a local endpoint falls back to all of them (kubernetes#97081, #121371); a Service with internal traffic alone has none
	// to fall back to.
	const endpoints = bound && local.length > 0 ? local : cluster;
	const isFromNode = packet.from === 'node';
	// For the node's own packets ipvs comes before the filter, for all others after it.
	if (!isFromNode && isStopped(given))
		return {kind: 'dropped', because: `${what}: ${packet.source} is in none of loadBalancerSourceRanges`};
	if (endpoints.length === 0)
		return {
			kind: 'refused',
			because:
				`${what}: a virtual server without real ` +
				`servers${bound && port.endpoints.length > 0 ? `, ${policy} Local and no endpoint on ${view.name}` : ''}`,
		};
	if (isFromNode && isStopped(given))
		return {kind: 'dropped', because: `${what}: no loadBalancerSourceRanges hold the address of ${view.name}`};
	const masquerade = isMasqueraded(given);
	return {
		kind: 'backends',
		because:
			`${what}: ` +
			(bound
				? `${policy} Local${local.length === 0 ? `, falling back to all endpoints for want of one on ${view.name}` : ''}`
				: 'all endpoints') +
			(masquerade ? ', masqueraded' : ''),
		...(port.affinitySeconds !== undefined && {sticky: port.affinitySeconds}),
		backends: spread(given, packet, endpoints, endpoint => masquerade || isHairpin(given, packet, endpoint)),
	};
};

/** What kube-proxy in the mode ipvs does to a packet: syncProxyRules, syncEndpoint and writeIptablesRules of pkg/proxy/ipvs/proxier.go. */
export const ipvsVerdict = (context: Context, packet: Packet): Verdict => {
	const {state, view, ports} = context;
	const {destination} = packet;
	const target =
		targetByAddress(ports, packet) ?? (takesNodePorts(state, view, destination) ? targetByNodePort(ports, packet) : undefined);
	if (target) return toVirtualServer({...context, packet, target, what: describe(target, packet)});
	const isBound = boundAddresses(view, ports).has(destination);
	const health = isBound || isLocal(view, destination) ? healthCheckOf(ports, packet) : undefined;
	if (health) return {kind: 'node', because: `${nameOf(health)} healthCheckNodePort ${packet.port}`};
	if (isBound) {
		return has('ipvsFilter', state.minor)
			? {
					kind: 'refused',
					because: `${destination} is a Service's, which has no port ${packet.protocol} ${packet.port} there (KUBE-IPVS-FILTER)`,
				}
			: {kind: 'node', because: `${destination} is an address of kube-ipvs0`};
	}

	if (isLocal(view, destination))
		return {kind: 'node', because: `${destination} is an address of ${view.name}, and no Service's node port there`};
	return {kind: 'leaves', because: `${destination} is neither a Service's nor an address of ${view.name}`};
};
