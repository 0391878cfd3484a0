import {FaultError} from './fault.ts';
import {ofNamespace, type SavedRule} from './iptables-save.ts';
import {branchesOf, isOfNamespace, type NftChain} from './nft-table.ts';

/** The first of what was found; throws FaultError that says what there is none of. */
export const firstOf = <T>(found: readonly T[], what: string): T => {
	const [first] = found;
	if (first === undefined) throw new FaultError(`there is ${what} to break`);
	return first;
};

/** The rules of a KUBE-SVC chain of the namespace that choose an endpoint, with at least `least` endpoints to choose from. In its order: the last takes what is left. */
export const choosingRules = (rules: readonly SavedRule[], namespace: string, least: number): readonly SavedRule[] => {
	const choosing = ofNamespace(rules, namespace).filter(({chain, target, line}) => chain.startsWith('KUBE-SVC-') && target.startsWith('KUBE-SEP-') && !line.includes(' --rcheck '));
	const chains = Map.groupBy(choosing, ({chain}) => chain);
	return firstOf([...chains.values()].filter(chain => chain.length >= least), `no KUBE-SVC chain of ${namespace} with ${least} endpoints`);
};

/** The same in nftables: a chain of the namespace, the rule in it, and its branches. */
export const choosingRule = (chains: readonly NftChain[], namespace: string, least: number): {readonly chain: NftChain; readonly rule: string; readonly before: string; readonly branches: readonly string[]} =>
	firstOf(chains.filter(({name}) => name.startsWith('service-') && isOfNamespace(name, namespace)).flatMap(chain => chain.rules.flatMap(rule => {
		const choice = branchesOf(rule);
		return choice && choice.branches.length >= least ? [{chain, rule, ...choice}] : [];
	})), `no service chain of ${namespace} with ${least} endpoints`);

/** A chain's rules with one in another's place. */
export const withRule = ({rules}: NftChain, old: string, rule: string): readonly string[] => rules.map(one => (one === old ? rule : one));
