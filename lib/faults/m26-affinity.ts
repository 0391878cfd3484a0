import type {Testbed, TestNode} from '../check/testbed.ts';
import {FaultError, inModes, type NodeFault, type Plan} from './fault.ts';
import {ofNamespace, parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {isOfNamespace, parseChains, rewriting, together, type NftChain} from './nft-table.ts';

/** The rules that send a client where it was before. */
export const affinityRules = (rules: readonly SavedRule[], namespace: string): readonly SavedRule[] => ofNamespace(rules, namespace).filter(({line}) => line.includes(' -m recent --rcheck '));

const isAffinity = (rule: string): boolean => /^ip6? saddr @affinity-/.test(rule);

/** The chains that hold such rules in nftables. */
export const affinityChains = (chains: readonly NftChain[], namespace: string): readonly NftChain[] =>
	chains.filter(({name, rules}) => name.startsWith('service-') && isOfNamespace(name, namespace) && rules.some(rule => isAffinity(rule)));

const plan = async ({mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	const both = mode === 'iptables'
		? removal(node.name, affinityRules(parseSave(await readIptables(node, family), family), namespace))
		: together(affinityChains(parseChains(await readNftables(node, family)), namespace).map(chain => rewriting(node.name, chain, chain.rules.filter(rule => !isAffinity(rule)))));
	if (both.undo.length === 0) throw new FaultError(`no rule of ${namespace} on ${node.name} remembers clients`);
	return both;
};

const fault: NodeFault = {
	id: 'M26',
	title: 'one node forgets which endpoint a client had',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
