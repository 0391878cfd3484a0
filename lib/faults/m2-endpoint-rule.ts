import type {SavedRule} from './iptables-save.ts';
import type {NftChain} from './nft-table.ts';
import {ruleFault, type Rewritten} from './rule-fault.ts';
import {choosingRule, choosingRules, firstOf, withRule} from './service-chains.ts';

/** The DNAT rule of the endpoint that is asked last: what falls through an earlier one would be taken by those after it. */
export const lastEndpointRule = (rules: readonly SavedRule[], namespace: string): SavedRule => {
	const chain = choosingRules(rules, namespace, 1).at(-1)?.target;
	return firstOf(rules.filter(rule => rule.chain === chain && rule.target === 'DNAT'), `no DNAT rule in ${chain}`);
};

/** The chain without its last branch, whose share finds nothing. */
export const withoutLastBranch = (chains: readonly NftChain[], namespace: string): Rewritten => {
	const {chain, rule, before, branches} = choosingRule(chains, namespace, 2);
	return {chain, rules: withRule(chain, rule, `${before} { ${branches.slice(0, -1).join(', ')} }`)};
};

export default ruleFault('M2', 'one endpoint is chosen but has no DNAT rule on one node', {
	iptables: (rules, namespace) => [lastEndpointRule(rules, namespace)],
	nftables: {chains: (chains, namespace) => [withoutLastBranch(chains, namespace)]},
});
