import type {Testbed, TestNode} from '../check/testbed.ts';
import {FaultError, inModes, type NodeFault, type Plan} from './fault.ts';
import {ofNamespace, parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {elementRemoval, isOfNamespace, parseElements, type NftElement} from './nft-table.ts';

/** The rules that lead packets to the namespace's Services by cluster IP and by node port. */
export const dispatchRules = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] =>
	ofNamespace(rules, namespace).filter(({table, chain}) => table === 'nat' && ['KUBE-SERVICES', 'KUBE-NODEPORTS'].includes(chain));

/** The same as elements of the maps. */
export const dispatchElements = (elements: readonly NftElement[], namespace: string): readonly NftElement[] =>
	elements.filter(({set, text}) => ['service-ips', 'service-nodeports'].includes(set) && isOfNamespace(text, namespace));

const plan = async ({mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	const both = mode === 'iptables'
		? removal(node.name, dispatchRules(parseSave(await readIptables(node, family), family), namespace))
		: elementRemoval(node.name, dispatchElements(parseElements(await readNftables(node, family)), namespace));
	if (both.undo.length === 0) throw new FaultError(`nothing leads to the Services of ${namespace} on ${node.name}`);
	return both;
};

const fault: NodeFault = {
	id: 'M4',
	title: 'one node has no rule that leads to the Service',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
