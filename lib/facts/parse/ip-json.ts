import {isObject, number, present, readJson, text, texts, type JsonObject} from './json.ts';
import {remainder, type Remainder} from './remainder.ts';

export type Link = {
	readonly name: string;
	readonly index: number;
	readonly mtu: number;
	/** Administratively up. */
	readonly up: boolean;
	/** `UP`, `DOWN`, `UNKNOWN`. */
	readonly state: string;
	/** `veth`, `bridge`, `dummy`; undefined for hardware, and where ip was not asked for details. */
	readonly kind?: string;
	/** The bridge or bond that it belongs to. */
	readonly master?: string;
	readonly mac?: string;
};
export type Address = {
	readonly device: string;
	readonly family: 'ipv4' | 'ipv6';
	readonly address: string;
	readonly prefixLength: number;
	readonly scope: string;
};
export type Route = {
	/** `default` or a CIDR; a single address has no prefix length. */
	readonly destination: string;
	/** `unicast` unless the route says otherwise: local, broadcast, blackhole … */
	readonly type: string;
	/** `main` unless the route says otherwise. */
	readonly table: string;
	readonly gateway?: string;
	readonly device?: string;
	/** The source address that the node uses of its own. */
	readonly preferredSource?: string;
	readonly metric?: number;
};
export type RoutingRule = {
	readonly priority: number;
	/** Networks; left out: any. */
	readonly source?: string;
	readonly destination?: string;
	/** Interfaces that a packet comes in by (`lo`: the node's own) and leaves by; left out: any. */
	readonly in?: string;
	readonly out?: string;
	/** The table that is looked up; left out: see `action`. */
	readonly table?: string;
	/** blackhole, unreachable, prohibit, `goto 100`, nop. */
	readonly action?: string;
	/** What else it asks of a packet, or does, by its words in JSON: fwmark, not, ipproto, suppress_prefixlen … */
	readonly others: readonly string[];
};
/** How packets wait to leave an interface. */
export type Queue = {
	readonly device: string;
	/** `fq_codel`, `netem`, `tbf`. */
	readonly kind: string;
	/** Packets that it has thrown away; left out where it does not say. */
	readonly drops?: number;
	/** The share of packets that netem loses, 0 to 1. */
	readonly loss?: number;
};
export type Neighbour = {
	readonly address: string;
	readonly device: string;
	readonly mac?: string;
	/** REACHABLE, STALE, FAILED, INCOMPLETE … */ readonly states: readonly string[];
};

export type Parsed<T> = {readonly items: readonly T[]; readonly remainder: readonly Remainder[]};

/** Reads a JSON list and each of its objects; `read` answers undefined for an object that does not fit. */
const each = <T>(source: string, read: (json: JsonObject) => readonly T[] | undefined): Parsed<T> => {
	const json = readJson(source);
	if (!json.ok || !Array.isArray(json.value))
		return {items: [], remainder: [remainder(0, source, json.ok ? 'not a list' : `not JSON: ${json.why}`)]};
	const results = json.value.map((one: unknown) => ({one, read: isObject(one) ? read(one) : undefined}));
	return {
		items: results.flatMap(result => result.read ?? []),
		remainder: results.flatMap((result, index) =>
			result.read ? [] : [remainder(index + 1, JSON.stringify(result.one), 'an object without what is needed')],
		),
	};
};

/** Reads `ip -j -d link`. */
export const parseLinks = (source: string): Parsed<Link> =>
	each(source, ({ifname, ifindex, mtu, flags, operstate, master, address, linkinfo}) => {
		const kind = isObject(linkinfo) ? text(linkinfo['info_kind']) : undefined;
		return typeof ifname !== 'string' || typeof ifindex !== 'number' || typeof mtu !== 'number'
			? undefined
			: [
					{
						name: ifname,
						index: ifindex,
						mtu,
						up: texts(flags).includes('UP'),
						state: text(operstate) ?? 'UNKNOWN',
						...present({kind, master: text(master), mac: text(address)}),
					},
				];
	});

const addressOf = (device: string, json: unknown): Address | undefined => {
	if (!isObject(json)) return undefined;
	const {family, local, prefixlen, scope} = json;
	return typeof local !== 'string' || typeof prefixlen !== 'number' || (family !== 'inet' && family !== 'inet6')
		? undefined
		: {device, family: family === 'inet' ? 'ipv4' : 'ipv6', address: local, prefixLength: prefixlen, scope: text(scope) ?? ''};
};

/** Reads `ip -j addr`. An address that does not fit makes its interface a remainder. */
export const parseAddresses = (source: string): Parsed<Address> =>
	each(source, ({ifname, addr_info}) => {
		if (typeof ifname !== 'string' || !Array.isArray(addr_info)) return undefined;
		const addresses = addr_info.map((one: unknown) => addressOf(ifname, one));
		return addresses.every(one => one !== undefined) ? addresses : undefined;
	});

/**
 * iproute2 before 5.13 or so wrote the type of a route as a bare word, which is no JSON: `{"local","dst":…}`
 * (github.com/iproute2/iproute2/issues/37).
 */
const BARE_TYPE = /\{"(unicast|local|broadcast|multicast|throw|unreachable|prohibit|blackhole|nat|anycast)",/g;

/** Reads `ip -j route show table all` and its -6 form. */
export const parseRoutes = (source: string): Parsed<Route> =>
	each(source.replaceAll(BARE_TYPE, '{"type":"$1",'), ({dst, type, table, gateway, dev, prefsrc, metric}) =>
		typeof dst !== 'string'
			? undefined
			: [
					{
						destination: dst,
						type: text(type) ?? 'unicast',
						table: text(table) ?? 'main',
						...present({gateway: text(gateway), device: text(dev), preferredSource: text(prefsrc), metric: number(metric)}),
					},
				],
	);

const KNOWN_OF_RULES = ['priority', 'src', 'srclen', 'dst', 'dstlen', 'iif', 'oif', 'table', 'action', 'goto', 'nop', 'protocol'];

const network = (address: unknown, length: unknown): string | undefined =>
	typeof address !== 'string' || address === 'all' ? undefined : `${address}${typeof length === 'number' ? `/${length}` : ''}`;

/** Reads `ip -j rule` and its -6 form (iproute2, ip/iprule.c). */
export const parseRoutingRules = (source: string): Parsed<RoutingRule> =>
	each(source, rule => {
		const {priority, src, srclen, dst, dstlen, iif, oif, table, action, goto: target} = rule;
		if (typeof priority !== 'number') return undefined;
		const done = 'goto' in rule ? `goto ${String(target)}` : 'nop' in rule ? 'nop' : text(action);
		return [
			{
				priority,
				...present({
					source: network(src, srclen),
					destination: network(dst, dstlen),
					in: text(iif),
					out: text(oif),
					table: text(table),
					action: done,
				}),
				others: Object.keys(rule).filter(key => !KNOWN_OF_RULES.includes(key)),
			},
		];
	});

/** Reads `tc -s -j qdisc show`. */
export const parseQueues = (source: string): Parsed<Queue> =>
	each(source, ({dev, kind, drops, options}) => {
		if (typeof dev !== 'string' || typeof kind !== 'string') return undefined;
		const random = isObject(options) ? options['loss-random'] : undefined;
		return [{device: dev, kind, ...present({drops: number(drops), loss: isObject(random) ? number(random['loss']) : undefined})}];
	});

/** Reads `ip -j neigh`. */
export const parseNeighbours = (source: string): Parsed<Neighbour> =>
	each(source, ({dst, dev, lladdr, state}) =>
		typeof dst !== 'string' || typeof dev !== 'string'
			? undefined
			: [{address: dst, device: dev, states: texts(state), ...present({mac: text(lladdr)})}],
	);
