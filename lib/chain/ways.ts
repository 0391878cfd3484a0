import {isReadyPod, podIp} from '../model/pods.ts';
import {canonicalIp} from '../model/address.ts';
import {routingOf, type Routed, type RoutedWay} from '../trace/routing.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** An address that packets of the namespace's Services go to, and where it is. */
export type Goal = {
	readonly ip: string;
	readonly node: string;
	readonly what: string;
};

/** Ready pods of the namespace, and the nodes themselves: there packets go to, and answers come back. */
export const goalsOf = ({nodes, pods, namespace, family}: Pick<ChainFacts, 'nodes' | 'pods' | 'namespace' | 'family'>): readonly Goal[] => {
	const known = new Set(nodes.map(({name}) => name));
	return [
		...(pods.ok ? pods.value : [])
			.filter(pod => isReadyPod(pod) && pod.metadata?.namespace === namespace)
			.filter(({spec}) => !spec?.hostNetwork && known.has(spec?.nodeName ?? ''))
			.flatMap(pod => {
				const ip = podIp(pod, family);
				return ip === undefined ? [] : [{ip, node: pod.spec?.nodeName ?? '', what: `pod ${pod.metadata?.name}`}];
			}),
		...nodes.map(({name, ip}) => ({ip, node: name, what: `node ${name}`})),
	];
};

/** The routing of a node; undefined where its routes were not looked at, or hold what is not understood. */
export const routingOn = ({facts}: WalkedNode, family: ChainFacts['family']): ((packet: Routed) => RoutedWay | undefined) | undefined => {
	const [routes, rules] = family === 'ipv6' ? [facts.routesIpv6, facts.routingRulesIpv6] : [facts.routes, facts.routingRules];
	// Every node has routes to its own addresses: without them, not all tables were shown.
	if (!routes.ok || routes.value.remainder.length > 0 || !routes.value.items.some(({table}) => table === 'local')) return undefined;
	if (!rules.ok || rules.value.remainder.length > 0 || rules.value.items.length === 0) return routingOf(routes.value.items);
	return routingOf(routes.value.items, rules.value.items);
};

/** The interface of a node that has an address. */
export const deviceOf = ({facts: {addresses}}: WalkedNode, ip: string): string | undefined =>
	addresses.ok ? addresses.value.items.find(({address}) => canonicalIp(address) === ip)?.device : undefined;

/** The interface by which a node reaches one of its own pods. */
export const podDeviceOf = (node: WalkedNode, ip: string, family: ChainFacts['family']): string | undefined => {
	const way = routingOn(node, family)?.({source: node.ip, destination: ip, in: 'lo'});
	return way?.route?.type === 'unicast' ? way.route.device : undefined;
};

/** The address that a node itself sends with. */
export const sourceTo = (node: WalkedNode, destination: string, family: ChainFacts['family']): string => {
	const {addresses} = node.facts;
	const route = routingOn(node, family)?.({source: node.ip, destination, in: 'lo'})?.route;
	const own = (addresses.ok ? addresses.value.items : []).filter(each => each.family === family && each.device === route?.device);
	return route?.preferredSource ?? (own.some(({address}) => address === node.ip) ? node.ip : own[0]?.address) ?? node.ip;
};

/**
 * The interface by which what another node sends to an address of a node's comes in: that of the next hop, or, where it goes through a
 * tunnel, the one of the same name. Undefined: not known.
 */
export const entryFrom = (other: WalkedNode, node: WalkedNode, to: string, family: ChainFacts['family']): string | undefined => {
	const route = routingOn(other, family)?.({source: other.ip, destination: to, in: 'lo'})?.route;
	if (route?.type !== 'unicast' || route.device === undefined) return undefined;
	if (route.device === deviceOf(other, other.ip)) return deviceOf(node, to === node.ip ? to : (route.gateway ?? ''));
	const {links} = node.facts;
	return links.ok ? links.value.items.find(({name}) => name === route.device)?.name : undefined;
};
