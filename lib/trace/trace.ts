import type {IpsetDump} from '../facts/parse/ipset-save.ts';
import type {IptablesDump} from '../facts/parse/iptables-save.ts';
import type {IpvsDump} from '../facts/parse/ipvsadm-save.ts';
import type {NftRuleset} from '../facts/parse/nft-types.ts';
import type {Packet, Verdict} from '../model/verdict.ts';
import {difference} from './agree.ts';
import type {BaseChain} from './base-chain.ts';
import {iptablesChains} from './iptables/base-chains.ts';
import {journeyOf} from './journey.ts';
import {nftChains} from './nft/base-chains.ts';
import {verdictFrom} from './outcome.ts';
import {newBudget, startOf, type Walk} from './path.ts';
import {ipOf} from './ip.ts';
import {placeOf, type Place, type TraceNode} from './place.ts';
import {ipvsStages} from './ipvs/virtual-servers.ts';
import {unseenServers} from './ipvs/unseen-servers.ts';
import type {IpFamily} from '../target.ts';

export type Tracer = (packet: Packet) => Verdict;

/** All rules of a node, as far as they were dumped. */
export type Rules = {
	readonly iptables?: IptablesDump;
	readonly ip6tables?: IptablesDump;
	readonly nft?: NftRuleset;
	/** Of the kernel interface that iptables-save of nf_tables does not show; they are walked beside the others. */
	readonly iptablesLegacy?: IptablesDump;
	readonly ip6tablesLegacy?: IptablesDump;
	/** Rules that ask for an ipset are unclear without. */
	readonly ipset?: IpsetDump;
	/** Left out: what is for an address of kube-ipvs0 is unclear. */
	readonly ipvs?: IpvsDump;
};

const tracerOf = (chains: readonly BaseChain[], place: Place): Tracer => {
	const journey = journeyOf(chains);
	return packet => {
		const start = startOf(packet, place);
		const walk: Walk = {place, memory: new Set(), budget: newBudget()};
		return verdictFrom(journey(start, walk), start, journey, walk);
	};
};

/**
 * Whether chains of several tables stand at one hook with one priority: the one that was made last goes first, and a dump does not tell
 * which that is.
 */
export const isTied = (chains: readonly BaseChain[]): boolean =>
	[
		...Map.groupBy(
			chains,
			({hook, isNat, priority, devices = []}) => `${[hook, ...devices].join(' ')} ${isNat ? 'nat' : ''} ${priority}`,
		).values(),
	].some(same => new Set(same.map(({table}) => table)).size > 1);

/** Where the order of chains is not known, both orders are walked: a verdict that depends on it is none. */
const inEitherOrder = (chains: readonly BaseChain[], place: Place): Tracer => {
	const first = tracerOf(chains, place);
	if (!isTied(chains)) return first;
	const second = tracerOf(chains.toReversed(), place);
	return packet => {
		const verdict = first(packet);
		const found = verdict.kind === 'unknown' ? undefined : difference(verdict, second(packet));
		return found === undefined
			? verdict
			: {
					kind: 'unknown',
					because: `it depends on which of the chains of one hook and priority goes first, which is not known: ${found}`,
				};
	};
};

/** What iptables-nft shows of these is in the ruleset of nft too, with less detail. */
const shownBy = (dump: IptablesDump | undefined): readonly string[] =>
	dump?.backend === 'nft' ? [...dump.tables.keys()].map(name => `${dump.family === 'ipv4' ? 'ip' : 'ip6'} ${name}`) : [];

/** All base chains that packets of a family pass, in the order of the dumps. */
export const chainsOf = ({nft, ipset, ipvs, ...rules}: Rules, family: IpFamily): readonly BaseChain[] => {
	const leftOut = [...shownBy(rules.iptables), ...shownBy(rules.ip6tables)];
	const [dump, legacy] = family === 'ipv4' ? [rules.iptables, rules.iptablesLegacy] : [rules.ip6tables, rules.ip6tablesLegacy];
	const shown = dump && {
		...dump,
		...(nft && {incompatibleTables: []}),
		...(legacy && legacy.tables.size > 0 && {legacyTablesPresent: false}),
	};
	return [
		...(shown ? iptablesChains(shown, ipset, {nft}) : []),
		// Where iptables-save is the legacy tool itself, it is the same text twice.
		...(legacy && dump?.backend !== 'legacy' ? iptablesChains(legacy, ipset, {label: 'legacy '}) : []),
		...(nft ? nftChains(nft, family, leftOut) : []),
		...(ipvs ? ipvsStages(ipvs, family) : [unseenServers()]),
	];
};

/**
 * Prepares the dumped rules of a node for many packets: all of them as the kernel walks them, those of iptables and of nftables together,
 * with ipsets and the virtual servers of ipvs, not only kube-proxy's. The verdict's `source` tells what all of them do to it, the CNI's
 * masquerading included: the model says the same when it is told of that (`Surroundings.podNetworks`). Total for whatever dump: what is not
 * understood on a packet's way makes its verdict `unknown`. The tracer throws RangeError for a packet whose addresses are none. Not looked
 * at: tables of bridges, rules of routing (`ip rule`), sysctls.
 */
export const rulesTracer = (rules: Rules, node: TraceNode): Tracer => {
	const place = placeOf(node);
	const tracers = {
		ipv4: inEitherOrder(chainsOf(rules, 'ipv4'), place),
		ipv6: inEitherOrder(chainsOf(rules, 'ipv6'), place),
	};
	return packet => tracers[ipOf(packet.destination)?.family ?? 'ipv4'](packet);
};

/** What the rules of one dump of iptables-save do to the first packet of a new connection; see `rulesTracer`. */
export const traceIptables = (dump: IptablesDump, node: TraceNode, packet: Packet, ipset?: IpsetDump): Verdict =>
	rulesTracer({[dump.family === 'ipv4' ? 'iptables' : 'ip6tables']: dump, ...(ipset && {ipset})}, node)(packet);

/** What a ruleset of nftables does to the first packet of a new connection; see `rulesTracer`. */
export const traceNft = (ruleset: NftRuleset, node: TraceNode, packet: Packet): Verdict => rulesTracer({nft: ruleset}, node)(packet);
