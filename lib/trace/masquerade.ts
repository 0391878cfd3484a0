import type {IptablesDump} from '../facts/parse/iptables-save.ts';
import type {NftRuleset} from '../facts/parse/nft-types.ts';
import type {Packet} from '../model/verdict.ts';
import {journeyOf} from './journey.ts';
import {newBudget, startOf} from './path.ts';
import {placeOf, type TraceNode} from './place.ts';
import {chainsOf, type Rules} from './trace.ts';

/** kube-proxy's, in any mode; those of kube-router are none. */
const IS_KUBE_PROXYS = /^KUBE-(?!KUBELET|ROUTER|POD-FW|NWPLCY)/;

/** Jumps to chains of kube-proxy are rules of kube-proxy. */
const postroutingOf = (dump: IptablesDump): IptablesDump => {
	const nat = dump.tables.get('nat');
	if (!nat) return {...dump, tables: new Map()};
	const chains = [...nat.chains].filter(([name]) => !IS_KUBE_PROXYS.test(name) && !['PREROUTING', 'INPUT', 'OUTPUT'].includes(name));
	const without = chains.map(
		([name, chain]) => [name, {...chain, rules: chain.rules.filter(({target = ''}) => !IS_KUBE_PROXYS.test(target))}] as const,
	);
	return {...dump, legacyTablesPresent: false, incompatibleTables: [], tables: new Map([['nat', {...nat, chains: new Map(without)}]])};
};

const natPostrouting = (ruleset: NftRuleset): NftRuleset => ({
	...ruleset,
	tables: new Map(
		[...ruleset.tables]
			.filter(([, {name}]) => name !== 'kube-proxy')
			.map(([id, table]) => [
				id,
				{
					...table,
					chains: new Map(
						[...table.chains].filter(([, {base}]) => !base || (base.hook === 'postrouting' && base.type === 'nat')),
					),
				},
			]),
	),
});

/** Whether what a node passes on leaves it with an address of the node's; undefined: it cannot be told. */
export type Masquerades = (packet: Packet) => boolean | undefined;

/**
 * What the CNI and others do to a packet's source, asked of their own rules: it is walked through POSTROUTING of all but kube-proxy's
 * chains, as kube-proxy would let it through (not marked, its destination translated already).
 */
export const masqueradesOf = ({nft, ipset, ...dumps}: Rules, node: TraceNode): Masquerades => {
	const {iptables, ip6tables, iptablesLegacy, ip6tablesLegacy} = dumps;
	const place = placeOf(node);
	const rules: Rules = {
		...(iptables && {iptables: postroutingOf(iptables)}),
		...(ip6tables && {ip6tables: postroutingOf(ip6tables)}),
		...(iptablesLegacy && {iptablesLegacy: postroutingOf(iptablesLegacy)}),
		...(ip6tablesLegacy && {ip6tablesLegacy: postroutingOf(ip6tablesLegacy)}),
		...(nft && {nft: natPostrouting(nft)}),
		...(ipset && {ipset}),
	};
	const journeys = {ipv4: journeyOf(chainsOf(rules, 'ipv4')), ipv6: journeyOf(chainsOf(rules, 'ipv6'))};
	return packet => {
		const start = startOf(packet, place);
		const ended = journeys[start.destination.family](start, {place, memory: new Set(), budget: newBudget()});
		const told = new Set(ended.map(({end, path}) => (end === 'unknown' ? undefined : path.rewritten !== undefined)));
		return told.size === 1 ? [...told][0] : undefined;
	};
};
