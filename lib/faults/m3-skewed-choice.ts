import type {NftChain} from './nft-table.ts';
import {ruleFault, type Rewritten} from './rule-fault.ts';
import {choosingRule, choosingRules, withRule} from './service-chains.ts';

/** The chain with the last branch leading where the first does. */
export const skewed = (chains: readonly NftChain[], namespace: string): Rewritten => {
	const {chain, rule, before, branches} = choosingRule(chains, namespace, 2);
	const where = branches[0]?.replace(/^\d+ : /, '');
	return {chain, rules: withRule(chain, rule, `${before} { ${[...branches.slice(0, -1), `${branches.length - 1} : ${where}`].join(', ')} }`)};
};

export default ruleFault('M3', 'one node never chooses one of the endpoints', {
	iptables: (rules, namespace) => choosingRules(rules, namespace, 2).slice(0, 1),
	nftables: {chains: (chains, namespace) => [skewed(chains, namespace)]},
});
