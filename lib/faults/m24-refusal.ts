import type {Testbed, TestNode} from '../check/testbed.ts';
import {FaultError, inModes, type NodeFault, type Plan} from './fault.ts';
import {ofNamespace, parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {elementRemoval, isOfNamespace, parseElements, type NftElement} from './nft-table.ts';

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

const plan = async ({mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	const both = mode === 'iptables'
		? removal(node.name, refusingRules(parseSave(await readIptables(node, family), family), namespace))
		: elementRemoval(node.name, refusingElements(parseElements(await readNftables(node, family)), namespace));
	if (both.undo.length === 0) throw new FaultError(`nothing refuses for Services of ${namespace} on ${node.name}`);
	return both;
};

const fault: NodeFault = {
	id: 'M24',
	title: 'one node does not refuse for a Service without endpoints',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
