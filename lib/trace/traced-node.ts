import {needed, type Fact} from '../gather/fact.ts';
import type {Address} from '../gather/parse/ip-json.ts';
import type {Listener} from '../gather/parse/ss.ts';
import type {NodeFacts} from '../gather/read-node.ts';
import {canonicalIp, cidrHolds} from '../model/address.ts';
import type {ClusterState} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import {ipOf} from './ip.ts';
import {placeOf} from './place.ts';
import {podNetworksOf} from './pod-networks.ts';
import {rulesTracer, type Tracer} from './trace.ts';

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

type Facts = Pick<NodeFacts, 'iptables' | 'ip6tables' | 'nft' | 'addresses' | 'routes' | 'routesIpv6' | 'listeners' | 'sysctls'>;

/** Looks that a traced node needs beside those at its rules and addresses. */
export const TRACE_LOOKS = ['routes', 'routesIpv6', 'listeners'] as const;

/** `32768	60999` of net.ipv4.ip_local_port_range, which is IPv6's too. */
const portRange = (text = ''): readonly [from: number, to: number] => {
	const [, from, to] = /^(\d+)\s+(\d+)$/.exec(text.trim()) ?? [];
	return from === undefined || to === undefined ? [1, 65_535] : [Number(from), Number(to)];
};

const isGlobal = ({scope}: Address): boolean => scope === 'global';

/** Prepares a node from what it said, all of it at one moment. What surrounds its rules is taken from its own addresses, routes and masquerading. Throws TransportError for a fact that is missing. */
export const tracedNode = (name: string, state: ClusterState, facts: Facts): TracedNode => {
	const known = <T>(fact: Fact<T>): T => needed(name, fact);
	const rules = {iptables: known(facts.iptables), ip6tables: known(facts.ip6tables), nft: known(facts.nft)};
	const interfaces = known(facts.addresses).items;
	const addresses = new Set(interfaces.filter(({scope}) => scope !== 'host').flatMap(({address}) => canonicalIp(address) ?? []));
	const podNetworks = podNetworksOf(rules);
	const node = {addresses: [...addresses], routes: known(facts.routes).items, routesIpv6: known(facts.routesIpv6).items};
	const place = placeOf(node);
	const sourceTo = (destination: string): string | undefined => {
		const ip = ipOf(destination);
		if (!ip || place.isLocal(ip)) return ip?.text;
		const device = place.deviceTo(ip);
		return canonicalIp(interfaces.find(each => each.device === device && each.family === ip.family && isGlobal(each))?.address ?? '');
	};
	const isMasqueraded = ({source, destination}: Packet): boolean => podNetworks.some(cidr => cidrHolds(cidr, source)) && !podNetworks.some(cidr => cidrHolds(cidr, destination));
	const [from, to] = portRange(known(facts.sysctls).values.get('net.ipv4.ip_local_port_range'));
	return {
		name, state, addresses, listeners: known(facts.listeners).listeners, sourceTo, isOwnPort: port => port >= from && port <= to,
		model: verdictsOf(state, name, {localAddresses: [...addresses], podNetworks}), trace: rulesTracer(rules, node),
		sourceBeyond: packet => isMasqueraded(packet) ? sourceTo(packet.destination) : packet.source,
	};
};
