import type {IptablesChain, IptablesDump} from '../../gather/parse/iptables-save.ts';
import type {NftChain, NftRuleset, NftTable} from '../../gather/parse/nft-types.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {meets, packetsOf, type Packets} from '../packets.ts';

const HOP = {name: 'nobody else\'s firewall drops the packets', layer: 'host-firewall'} as const;

/** Chains of kube-proxy, kubelet and CNI plugins. Network policies are theirs too. */
const KNOWN = /^(?:KUBE-|CNI-|FLANNEL-|cali-|CILIUM_|ANTREA-|WEAVE-)/;
const DROPS = ['DROP', 'REJECT'];

/** In the order of a chain: a rule that drops what it meets is the fault, unless one before it may have taken the packet away. */
const inChain = ({table, name, rules, policy}: IptablesChain, node: string, packets: Packets): readonly Finding[] => {
	const perhapsTaken = (before: number): boolean => rules.slice(0, before).some(rule => rule.target !== undefined && !['LOG', 'NFLOG', 'MARK', ...DROPS].includes(rule.target) && !KNOWN.test(rule.target) && meets(rule, packets) !== 'no');
	const dropping = rules.flatMap((rule, index): readonly Finding[] => {
		const met = DROPS.includes(rule.target ?? '') ? meets(rule, packets) : 'no';
		if (met === 'no') return [];
		const sure = met === 'yes' && !perhapsTaken(index);
		return [(sure ? broken : unknown)(`${table} on ${node}: ${rule.text}${sure ? '' : ' may drop the packets'}`)];
	});
	if (policy !== 'DROP') return dropping;
	return [...dropping, (perhapsTaken(rules.length) ? unknown : broken)(`${table} ${name} on ${node} has the policy DROP${perhapsTaken(rules.length) ? ', and may drop the packets' : ' and no rule that accepts them'}`)];
};

const inIptables = ({tables}: IptablesDump, node: string, packets: Packets): readonly Finding[] =>
	[...tables.values()].flatMap(({chains}) => [...chains.values()]).filter(({name}) => !KNOWN.test(name)).flatMap(chain => inChain(chain, node, packets));

/** Tables that iptables-nft keeps: seen by iptables-save. */
const isIptables = ({family, name}: NftTable): boolean => ['ip', 'ip6'].includes(family) && ['filter', 'nat', 'mangle', 'raw', 'security'].includes(name);

const isDrop = ({kind}: {readonly kind: string}, verdict: unknown): boolean => kind === 'reject' || (kind === 'verdict' && verdict === 'drop');

const inNftChain = ({name, base, rules}: NftChain, table: string, node: string): readonly Finding[] => [
	...rules.flatMap(({statements, position}): readonly Finding[] => {
		const drops = statements.some(statement => isDrop(statement, statement.kind === 'verdict' ? statement.verdict.verdict : undefined));
		if (!drops) return [];
		const always = statements.every(({kind}) => ['verdict', 'reject', 'counter', 'log'].includes(kind)) && rules[0]?.position === position && base !== undefined;
		return [(always ? broken : unknown)(`rule ${position} of ${table} ${name} on ${node} ${always ? 'drops everything' : 'may drop the packets'}`)];
	}),
	...(base?.policy === 'drop' ? [(rules.length === 0 ? broken : unknown)(`${table} ${name} on ${node} has the policy drop${rules.length === 0 ? ' and no rule' : ', and may drop the packets'}`)] : []),
];

const inNft = ({tables}: NftRuleset, node: string, family: ChainFacts['family']): readonly Finding[] => [...tables]
	.filter(([, table]) => ['inet', 'netdev', 'bridge', family === 'ipv6' ? 'ip6' : 'ip'].includes(table.family) && table.name !== 'kube-proxy' && !isIptables(table))
	.flatMap(([where, {chains}]) => [...chains.values()].filter(({name}) => !KNOWN.test(name)).flatMap(chain => inNftChain(chain, where, node)));

const judge = (node: WalkedNode, packets: Packets, family: ChainFacts['family']): readonly Finding[] => {
	const dump = family === 'ipv6' ? node.facts.ip6tables : node.facts.iptables;
	const {nft} = node.facts;
	return [
		...(dump.ok ? inIptables(dump.value, node.name, packets) : [unknown(`${node.name}: ${dump.source}: ${dump.why}`)]),
		// A node without nft has no such tables that anybody could look at.
		...(nft.ok ? inNft(nft.value, node.name, family) : []),
	];
};

/** Rules that drop and are neither kube-proxy's nor a CNI's. What only may drop, by its place or a condition that is not weighed here, is told and not blamed. */
export const firewallHop = (facts: Pick<ChainFacts, 'nodes' | 'pods' | 'namespace' | 'family'>): Hop => {
	const packets = packetsOf(facts.nodes, facts);
	return hopOf(HOP, facts.nodes.flatMap(node => judge(node, packets, facts.family)), facts.nodes.map(({name}) => name));
};
