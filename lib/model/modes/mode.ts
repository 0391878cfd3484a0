import type {Fact} from '../../facts/fact.ts';
import type {LookName} from '../../facts/argv.ts';
import type {IpsetDump} from '../../facts/parse/ipset-save.ts';
import type {IpvsDump} from '../../facts/parse/ipvsadm-save.ts';
import type {NftRuleset} from '../../facts/parse/nft-types.ts';
import type {Remainder} from '../../facts/parse/remainder.ts';
import type {NodeFacts} from '../../facts/read-node.ts';
import {withPort} from '../../ip.ts';
import type {IpFamily} from '../../target.ts';
import type {Context} from '../context.ts';
import type {Graph} from '../rules/graph.ts';
import type {ClusterState, Protocol, ProxyConfig} from '../state.ts';
import type {Packet, Verdict} from '../verdict.ts';
import type {Traits} from './traits.ts';

/** What a mode's rules are read from. */
export type RuleFacts = Pick<NodeFacts, 'addresses' | 'nft' | 'iptables' | 'ip6tables' | 'ipset' | 'ipvs' | 'links' | 'sysctls'> &
	Partial<Pick<NodeFacts, 'iptablesLegacy' | 'ip6tablesLegacy'>>;

/** A node's rules as they are. `remainder`: of the dumps, what nobody here understands. */
export type Actual = {readonly graph: Graph; readonly remainder: readonly Remainder[]};

/** One port of a Service, as far as its rules are found by it. */
export type ServedPort = {
	/** `ns/svc:port`, or `ns/svc` for a port without a name. */
	readonly about: string;
	readonly name: string;
	readonly protocol: Protocol;
	readonly clusterIp: string;
	readonly port: number;
	readonly nodePort?: number;
	/** External IPs and a load balancer's addresses, of the family. */
	readonly outerIps?: readonly string[];
};

/** What tells of a kube-proxy on a node, of whatever mode. */
export type Traces = {
	readonly nft: NftRuleset;
	readonly ipset: IpsetDump;
	readonly ipvs: IpvsDump;
	/** Names of the node's interfaces. */
	readonly links: readonly string[];
};

/** All that is different about a mode of kube-proxy; whoever wants to know asks here, and says nothing about modes itself. */
export type ProxyMode = {
	readonly traits: Traits;
	/** What must be looked at on a node to know its rules of a family. */
	looks(family: IpFamily): readonly LookName[];
	/** Lines to paste that show a person these rules. */
	shown(family: IpFamily): readonly string[];
	/** All that kube-proxy programs on a node in a family. */
	expected(state: ClusterState, node: string, family: IpFamily, facts: RuleFacts): Graph;
	/** All that is programmed; a missing fact where something of it could not be looked at. */
	actual(facts: RuleFacts, family: IpFamily, proxy: Pick<ProxyConfig, 'ipvs'>): Fact<Actual>;
	/** As much of it as `served` needs, and what must be looked at for that: it is asked again and again. */
	readonly serving: {
		looks(family: IpFamily): readonly LookName[];
		graph(facts: RuleFacts, family: IpFamily): Fact<Graph>;
	};
	/**
	 * The endpoints that the rules have for ports of a Service: `port/protocol ip:port` for each, `port/protocol none` for a port that
	 * refuses; `port/protocol at ip:port` for each of its outer addresses that the rules take, whatever they do with it; and
	 * `port/protocol at node port N`, where the rules tell whose a node port is.
	 */
	served(serving: Graph, ports: readonly ServedPort[]): ReadonlySet<string>;
	/** Whether a place of rules, as the trace names it (`nat KUBE-SERVICES`), is one that it makes. */
	makes(where: string): boolean;
	/** A line for a node's shell that takes the rules of all Services away, as a hand from outside may, a firewall's restart, say. */
	flush(family: IpFamily): string;
	/** Settings of the kernel that kube-proxy makes when it starts, by name. */
	settings(proxy: Pick<ProxyConfig, 'ipvs'>): Readonly<Record<string, string>>;
	verdict(context: Context, packet: Packet): Verdict;
	/**
	 * What no other mode makes, by name: where another mode is in force, somebody has left it there. Chains of iptables apart
	 * (`leftovers`).
	 */
	traces(seen: Traces): readonly string[];
};

/** The addresses of a node's interfaces. Left out: not known. */
export const addressesOf = (
	{addresses}: RuleFacts,
	isOwn: (device: string) => boolean = () => true,
): {readonly addresses?: readonly string[]} =>
	addresses.ok ? {addresses: addresses.value.items.filter(({device}) => isOwn(device)).map(({address}) => address)} : {};

/** An entry of what a mode has `served` for an outer address. */
export const servedAt = (port: ServedPort, ip: string): string => servedEntry(port, `at ${withPort(ip, port.port)}`);

/** What a mode has `served` of the outer addresses of ports, by whether its rules take an address. */
export const servedOuter = (ports: readonly ServedPort[], takes: (port: ServedPort, ip: string) => boolean): readonly string[] =>
	ports.flatMap(port => (port.outerIps ?? []).filter(ip => takes(port, ip)).map(ip => servedAt(port, ip)));

/** An entry of what a mode has `served` for a node port. */
export const servedAtNodePort = (port: ServedPort, number: number | string): string => servedEntry(port, `at node port ${number}`);

/** An entry of what a mode has `served`. */
export const servedEntry = ({name, protocol}: ServedPort, target: string): string => `${name}/${protocol.toLowerCase()} ${target}`;

/** What a mode has `served` by those parts of its rules that are about one of the ports; `entries`: what such a part says of its port. */
export const servedByParts = (
	actual: Graph,
	ports: readonly ServedPort[],
	entries: (port: ServedPort, where: string, pieces: readonly string[]) => readonly string[],
): readonly string[] => {
	const byAbout = new Map(ports.map(port => [port.about, port]));
	return [...actual.values()].flatMap(({where, parts}) =>
		parts.flatMap(({about = '', pieces}) => {
			const port = byAbout.get(about);
			return port ? entries(port, where, pieces) : [];
		}),
	);
};
