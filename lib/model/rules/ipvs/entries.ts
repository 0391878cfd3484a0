import type {NodeView} from '../../node-view.ts';
import {allowsNode} from '../../source-ranges.ts';
import {nameOf} from '../../state.ts';
import type {ServicePort} from '../../state.ts';
import {ipsetCidr} from './sets.ts';
import type {Entry, SetKey} from './sets.ts';

/** NodePorts of TCP and UDP are numbers alone, those of SCTP stand beside every address that takes them. */
const nodePortEntries = (
	{protocol, externalLocal}: ServicePort,
	number: number,
	nodeIps: readonly string[],
): ReadonlyArray<readonly [SetKey, string]> => {
	const entries = protocol === 'SCTP' ? nodeIps.map(ip => `${ip},sctp:${number}`) : [String(number)];
	const [all, local] = (
		{
			TCP: ['NODE-PORT-TCP', 'NODE-PORT-LOCAL-TCP'],
			UDP: ['NODE-PORT-UDP', 'NODE-PORT-LOCAL-UDP'],
			SCTP: ['NODE-PORT-SCTP-HASH', 'NODE-PORT-LOCAL-SCTP-HASH'],
		} as const
	)[protocol];
	return entries.flatMap(entry => [[all, entry] as const, ...(externalLocal ? [[local, entry] as const] : [])]);
};

/**
 * What a port puts into the sets, its bound addresses apart (syncProxyRules of pkg/proxy/ipvs/proxier.go). `nodeIps`: those that take
 * NodePort traffic.
 */
export const portEntries = (port: ServicePort, view: NodeView, nodeIps: readonly string[]): readonly Entry[] => {
	const {clusterIP, externalIPs, externalLocal, loadBalancerVIPs, nodePort, healthCheckNodePort, sourceRanges} = port;
	const protocol = port.protocol.toLowerCase();
	const at = (ip: string, number = port.port): string => `${ip},${protocol}:${number}`;
	const onLoadBalancer = (ip: string): ReadonlyArray<readonly [SetKey, string]> => [
		['LOAD-BALANCER', at(ip)],
		...(externalLocal ? [['LOAD-BALANCER-LOCAL', at(ip)] as const] : []),
		...(sourceRanges.length === 0
			? []
			: [
					['LOAD-BALANCER-FW', at(ip)] as const,
					...sourceRanges.map(range => ['LOAD-BALANCER-SOURCE-CIDR', `${at(ip)},${ipsetCidr(range)}`] as const),
					...(allowsNode(port, view) ? [['LOAD-BALANCER-SOURCE-IP', `${at(ip)},${ip}`] as const] : []),
				]),
	];
	const entries: ReadonlyArray<readonly [SetKey, string]> = [
		// A pod that reaches itself: also those that are not ready.
		...port.endpoints
			.filter(({local}) => local)
			.map(endpoint => ['LOOP-BACK', `${at(endpoint.ip, endpoint.port)},${endpoint.ip}`] as const),
		['CLUSTER-IP', at(clusterIP)],
		...externalIPs.map(ip => [externalLocal ? 'EXTERNAL-IP-LOCAL' : 'EXTERNAL-IP', at(ip)] as const),
		...loadBalancerVIPs.flatMap(ip => onLoadBalancer(ip)),
		...(nodePort === undefined ? [] : nodePortEntries(port, nodePort, nodeIps)),
		...(healthCheckNodePort === undefined ? [] : [['HEALTH-CHECK-NODE-PORT', String(healthCheckNodePort)] as const]),
	];
	const about = nameOf(port);
	// Without an address for its NodePort, kube-proxy leaves a port before it comes to the health check's.
	const skipsRest = nodePort !== undefined && nodeIps.length === 0;
	return entries.filter(([set]) => !skipsRest || !/NODE-PORT/.test(set)).map(([set, entry]) => [set, entry, about]);
};
