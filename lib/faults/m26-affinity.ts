import {ofNamespace, type SavedRule} from './iptables-save.ts';
import {isOfNamespace, type NftChain} from './nft-table.ts';
import {ruleFault, type Rewritten} from './rule-fault.ts';

/** The rules that send a client where it was before. */
export const affinityRules = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] => ofNamespace(rules, namespace).filter(({line}) => line.includes(' -m recent --rcheck '));

const isAffinity = (rule: string): boolean => /^ip6? saddr @affinity-/.test(rule);

/** The chains that hold such rules in nftables, without them. */
export const withoutAffinity = (chains: readonly NftChain[], namespace: string): readonly Rewritten[] =>
	chains.filter(({name, rules}) => name.startsWith('service-') && isOfNamespace(name, namespace) && rules.some(rule => isAffinity(rule)))
		.map(chain => ({chain, rules: chain.rules.filter(rule => !isAffinity(rule))}));

export default ruleFault('M26', 'one node forgets which endpoint a client had', {iptables: affinityRules, nftables: {chains: withoutAffinity}});
