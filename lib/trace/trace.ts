import type {IpsetDump} from '../gather/parse/ipset-save.ts';
import type {IptablesDump} from '../gather/parse/iptables-save.ts';
import type {NftRuleset} from '../gather/parse/nft-types.ts';
import type {Packet, Verdict} from '../model/verdict.ts';
import type {BaseChain} from './base-chain.ts';
import {iptablesChains} from './iptables/base-chains.ts';
import {journeyOf} from './journey.ts';
import {nftChains} from './nft/base-chains.ts';
import {verdictFrom} from './outcome.ts';
import {newBudget, startOf, type Walk} from './path.ts';
import {placeOf, type TraceNode} from './place.ts';
import type {IpFamily} from '../target.ts';

export type Tracer = (packet: Packet) => Verdict;

/** All rules of a node, as far as they were dumped. */
export type Rules = {
	readonly iptables?: IptablesDump;
	readonly ip6tables?: IptablesDump;
	readonly nft?: NftRuleset;
	/** Rules that ask for an ipset are unclear without. */
	readonly ipset?: IpsetDump;
};

const tracerOf = (chains: Readonly<Record<IpFamily, readonly BaseChain[]>>, node: TraceNode): Tracer => {
	const place = placeOf(node);
	const journeys = {ipv4: journeyOf(chains.ipv4), ipv6: journeyOf(chains.ipv6)};
	return packet => {
		const start = startOf(packet, place);
		const walk: Walk = {place, memory: new Set(), budget: newBudget()};
		const journey = journeys[start.destination.family];
		return verdictFrom(journey(start, walk), start, journey, walk);
	};
};

/** What iptables-nft shows of these is in the ruleset of nft too, with less detail. */
const shownBy = (dump: IptablesDump | undefined): readonly string[] =>
	dump?.backend === 'nft' ? [...dump.tables.keys()].map(name => `${dump.family === 'ipv4' ? 'ip' : 'ip6'} ${name}`) : [];

/**
 * Prepares the dumped rules of a node for many packets: all of them as the kernel walks them, those of iptables and of nftables together, not only kube-proxy's.
 * The verdict's `source` tells what all of them do to it, the CNI's masquerading included: the model says the same when it is told of that (`Surroundings.podNetworks`).
 * Total for whatever dump: what is not understood on a packet's way makes its verdict `unknown`. The tracer throws RangeError for a packet whose addresses are none.
 * Not looked at: tables of bridges and devices, legacy rules beside those of iptables-nft, routing beyond "is it the node's own address", sysctls.
 */
export const rulesTracer = ({iptables, ip6tables, nft, ipset}: Rules, node: TraceNode): Tracer => {
	const leftOut = [...shownBy(iptables), ...shownBy(ip6tables)];
	const chainsOf = (family: IpFamily, dump: IptablesDump | undefined): readonly BaseChain[] =>
		[...(dump ? iptablesChains(nft ? {...dump, incompatibleTables: []} : dump, ipset) : []), ...(nft ? nftChains(nft, family, leftOut) : [])];
	return tracerOf({ipv4: chainsOf('ipv4', iptables), ipv6: chainsOf('ipv6', ip6tables)}, node);
};

/** What the rules of one dump of iptables-save do to the first packet of a new connection; see `rulesTracer`. */
export const traceIptables = (dump: IptablesDump, node: TraceNode, packet: Packet, ipset?: IpsetDump): Verdict =>
	rulesTracer({[dump.family === 'ipv4' ? 'iptables' : 'ip6tables']: dump, ...(ipset && {ipset})}, node)(packet);

/** What a ruleset of nftables does to the first packet of a new connection; see `rulesTracer`. */
export const traceNft = (ruleset: NftRuleset, node: TraceNode, packet: Packet): Verdict => rulesTracer({nft: ruleset}, node)(packet);
