import type {Route, RoutingRule} from '../facts/parse/ip-json.ts';
import {holds, ipOf, rangeOf, type Ip} from './ip.ts';

/** A packet that is to be routed. `in`: the interface that it came in by, `lo` for what the node itself sends. */
export type Routed = {
	readonly source: string;
	readonly destination: string;
	readonly in: string;
};

/** What decides where a packet goes: a route, or a rule that ends its way; neither: there is no route at all. */
export type RoutedWay = {readonly route?: Route; readonly rule?: RoutingRule};

/** Those that a kernel starts with. */
const FIRST_RULES: readonly RoutingRule[] = [
	{priority: 0, table: 'local', others: []},
	{priority: 32_766, table: 'main', others: []},
	{priority: 32_767, table: 'default', others: []},
];

const isWithin = (network: string | undefined, ip: Ip): boolean => {
	const range = network === undefined ? undefined : rangeOf(network);
	return network === undefined || (range !== undefined && holds(range, ip));
};

/** What asks for a mark is not about packets without one. */
const OF_MARKS = ['fwmark', 'fwmask'];

const asks = ({source, destination, in: device, out, others}: RoutingRule, from: Ip, to: Ip, came: string): boolean | undefined => {
	// Which interface a packet leaves by is asked of sockets that are bound to one.
	const isAsked = isWithin(source, from) && isWithin(destination, to) && (device === undefined || device === came) && out === undefined;
	if (others.includes('not')) return undefined;
	if (!isAsked || others.some(word => OF_MARKS.includes(word))) return false;
	return others.length === 0 ? true : undefined;
};

const EVERYWHERE: Readonly<Record<Ip['family'], string>> = {ipv4: '0.0.0.0/0', ipv6: '::/0'};

/** The most exact route, then the lowest metric. */
const routeIn = (routes: readonly Route[], table: string, to: Ip): Route | undefined =>
	routes
		.flatMap(route => {
			const range = rangeOf(route.destination === 'default' ? EVERYWHERE[to.family] : route.destination);
			return route.table === table && range && holds(range, to) ? [{route, size: range.last - range.first}] : [];
		})
		.toSorted((a, b) => (a.size === b.size ? (a.route.metric ?? 0) - (b.route.metric ?? 0) : a.size < b.size ? -1 : 1))[0]?.route;

/**
 * Prepares the routes of a node, and the rules by which their tables are looked up (ip-rule(8)), for packets that nobody has marked.
 * Undefined: it cannot be told. `rules` left out: those that a kernel starts with.
 */
export const routingOf =
	(routes: readonly Route[], rules: readonly RoutingRule[] = FIRST_RULES) =>
	({source, destination, in: device}: Routed): RoutedWay | undefined => {
		const [from, to] = [ipOf(source), ipOf(destination)];
		if (!from || !to) return undefined;
		let least = 0;
		for (const rule of rules.toSorted((a, b) => a.priority - b.priority)) {
			if (rule.priority < least) continue;
			const isAsked = asks(rule, from, to, device);
			if (isAsked === undefined) return undefined;
			if (!isAsked || rule.action === 'nop') continue;
			if (rule.action?.startsWith('goto ')) {
				least = Number(rule.action.slice('goto '.length));
				continue;
			}
			if (rule.table === undefined) return {rule};
			const route = routeIn(routes, rule.table, to);
			if (route && route.type !== 'throw') return {route, rule};
		}
		return {};
	};

/** As `ip route` prints it. */
export const routeText = ({destination, type, table, gateway, device}: Route): string =>
	[
		...(type === 'unicast' ? [] : [type]),
		destination,
		...(gateway === undefined ? [] : ['via', gateway]),
		...(device === undefined ? [] : ['dev', device]),
		...(table === 'main' ? [] : ['table', table]),
	].join(' ');

/** As `ip rule` prints it. */
export const routingRuleText = ({priority, source, destination, in: device, table, action}: RoutingRule): string =>
	[
		`${priority}: from ${source ?? 'all'}`,
		...(destination === undefined ? [] : ['to', destination]),
		...(device === undefined ? [] : ['iif', device]),
		...(table === undefined ? [] : ['lookup', table]),
		...(action === undefined ? [] : [action]),
	].join(' ');
