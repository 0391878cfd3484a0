import {ofNamespace, type SavedRule} from './iptables-save.ts';
import {isOfNamespace, type NftElement} from './nft-table.ts';
import {ruleFault} from './rule-fault.ts';

/** The rules that refuse for the namespace's Services without endpoints. */
export const refusingRules = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] =>
	ofNamespace(rules, namespace).filter(({table, target, comment}) => table === 'filter' && target === 'REJECT' && comment.endsWith(' has no endpoints'));

/**
 * In nftables two things refuse: the element of no-endpoint-services, and cluster-ips-check, which refuses what no Service took
 * for every address of the set cluster-ips; what is in neither is dropped.
 */
export const refusingElements = (elements: readonly NftElement[], namespace: string): readonly NftElement[] => {
	const own = elements.filter(({set, text}) => set === 'no-endpoint-services' && isOfNamespace(text, namespace));
	const addresses = own.map(({key}) => key.split(' . ')[0]);
	return [...own, ...elements.filter(({set, key}) => set === 'cluster-ips' && addresses.includes(key))];
};

export default ruleFault('M24', 'one node does not refuse for a Service without endpoints', {iptables: refusingRules, nftables: {elements: refusingElements}});
