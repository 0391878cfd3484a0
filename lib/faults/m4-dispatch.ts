import {ofNamespace, type SavedRule} from './iptables-save.ts';
import {isOfNamespace, type NftElement} from './nft-table.ts';
import {ruleFault} from './rule-fault.ts';

/** The rules that lead packets to the namespace's Services by cluster IP and by node port. */
export const dispatchRules = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] =>
	ofNamespace(rules, namespace).filter(({table, chain}) => table === 'nat' && ['KUBE-SERVICES', 'KUBE-NODEPORTS'].includes(chain));

/** The same as elements of the maps. */
export const dispatchElements = (elements: readonly NftElement[], namespace: string): readonly NftElement[] =>
	elements.filter(({set, text}) => ['service-ips', 'service-nodeports'].includes(set) && isOfNamespace(text, namespace));

export default ruleFault('M4', 'one node has no rule that leads to the Service', {iptables: dispatchRules, nftables: {elements: dispatchElements}});
