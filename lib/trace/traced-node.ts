import {needed, type Fact} from '../facts/fact.ts';
import type {Address} from '../facts/parse/ip-json.ts';
import type {Listener} from '../facts/parse/ss.ts';
import type {NodeFacts} from '../facts/read-node.ts';
import {canonicalIp} from '../model/address.ts';
import type {ClusterState} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import {withoutBound} from '../model/rules/ipvs/addresses.ts';
import type {IpFamily} from '../target.ts';
import {ipOf} from './ip.ts';
import {placeOf, type TraceNode} from './place.ts';
import {masqueradesOf} from './masquerade.ts';
import {rulesTracer, type Rules, type Tracer} from './trace.ts';

/** A node about whose packets both can be asked: the model, from the API's objects, and the trace, from the dumped rules. */
export type TracedNode = {
	readonly name: string;
	readonly state: ClusterState;
	readonly model: Tracer;
	readonly trace: Tracer;
	/** Of its interfaces, canonical, without loopback. */
	readonly addresses: ReadonlySet<string>;
	readonly listeners: readonly Listener[];
	/** Whether the node may send from a port when it chooses one. */
	readonly isOwnPort: (port: number) => boolean;
	/** The source of what the node itself sends to an address; undefined: not known. */
	readonly sourceTo: (destination: string) => string | undefined;
	/** The source with which what the node passes on unchanged arrives elsewhere: the node's own address where its CNI masquerades. */
	readonly sourceBeyond: (packet: Packet) => string | undefined;
};

type Facts = Pick<NodeFacts, 'iptables' | 'ip6tables' | 'nft' | 'addresses' | 'routes' | 'routesIpv6' | 'listeners' | 'sysctls'> &
	Partial<Pick<NodeFacts, 'iptablesLegacy' | 'ip6tablesLegacy' | 'ipset' | 'ipvs' | 'links'>>;

/**
 * All rules of a node, from what it said; what it did not say of ipsets, virtual servers and legacy rules leaves what asks for it unclear.
 * Throws TransportError for rules that are missing.
 */
const rulesOf = (name: string, {iptables, ip6tables, nft, ipset, ipvs, iptablesLegacy, ip6tablesLegacy}: Facts): Rules => ({
	iptables: needed(name, iptables),
	ip6tables: needed(name, ip6tables),
	nft: needed(name, nft),
	...(ipset?.ok && {ipset: ipset.value}),
	...(ipvs?.ok && {ipvs: ipvs.value}),
	...(iptablesLegacy?.ok && {iptablesLegacy: iptablesLegacy.value}),
	...(ip6tablesLegacy?.ok && {ip6tablesLegacy: ip6tablesLegacy.value}),
});

/** Looks that a traced node needs beside those at its rules and addresses. */
export const TRACE_LOOKS = ['routes', 'routesIpv6', 'listeners'] as const;

/** `32768	60999` of net.ipv4.ip_local_port_range, which is IPv6's too. */
const portRange = (text = ''): readonly [from: number, to: number] => {
	const [, from, to] = /^(\d+)\s+(\d+)$/.exec(text.trim()) ?? [];
	return from === undefined || to === undefined ? [1, 65_535] : [Number(from), Number(to)];
};

/** Where the setting is not there, br_netfilter is not loaded, and nothing is noted. */
const seesBridgedOf = (values: ReadonlyMap<string, string>): Readonly<Record<IpFamily, boolean>> => ({
	ipv4: values.get('net.bridge.bridge-nf-call-iptables') === '1',
	ipv6: values.get('net.bridge.bridge-nf-call-ip6tables') === '1',
});

/** What of a node decides about bridged packets, as far as it said. */
export const bridgingOf = ({
	links,
	sysctls,
}: Partial<Pick<NodeFacts, 'links' | 'sysctls'>>): Pick<TraceNode, 'bridges' | 'seesBridged'> => ({
	...(links?.ok && {bridges: links.value.items.filter(({kind}) => kind === 'bridge').map(({name}) => name)}),
	...(sysctls?.ok && {seesBridged: seesBridgedOf(sysctls.value.values)}),
});

const isGlobal = ({scope}: Address): boolean => scope === 'global';

/**
 * Prepares a node from what it said, all of it at one moment. What surrounds its rules is taken from its own addresses, routes and
 * masquerading. Throws TransportError for a fact that is missing.
 */
export const tracedNode = (name: string, state: ClusterState, facts: Facts): TracedNode => {
	const known = <T>(fact: Fact<T>): T => needed(name, fact);
	const rules = rulesOf(name, facts);
	const interfaces = known(facts.addresses).items;
	const addresses = new Set(interfaces.filter(({scope}) => scope !== 'host').flatMap(({address}) => canonicalIp(address) ?? []));
	const node = {
		addresses: [...addresses],
		interfaces,
		routes: known(facts.routes).items,
		routesIpv6: known(facts.routesIpv6).items,
		...bridgingOf(facts),
	};
	const place = placeOf(node);
	const masquerades = masqueradesOf(rules, node);
	const sourceTo = (destination: string): string | undefined => {
		const ip = ipOf(destination);
		if (!ip || place.isLocal(ip)) return ip?.text;
		const device = place.deviceTo(ip);
		return canonicalIp(interfaces.find(each => each.device === device && each.family === ip.family && isGlobal(each))?.address ?? '');
	};
	const [from, to] = portRange(known(facts.sysctls).values.get('net.ipv4.ip_local_port_range'));
	return {
		name,
		state,
		addresses,
		listeners: known(facts.listeners).listeners,
		sourceTo,
		isOwnPort: port => port >= from && port <= to,
		model: verdictsOf(state, name, {localAddresses: withoutBound(addresses, interfaces), masquerades}),
		trace: rulesTracer(rules, node),
		sourceBeyond: packet => (masquerades(packet) === true ? sourceTo(packet.destination) : packet.source),
	};
};
