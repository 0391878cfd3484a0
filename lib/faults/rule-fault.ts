import type {Testbed, TestNode} from '../check/testbed.ts';
import {FaultError, inModes, type NodeFault, type Plan} from './fault.ts';
import {parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {elementRemoval, parseChains, parseElements, rewriting, together, type NftChain, type NftElement} from './nft-table.ts';

/** A chain and the rules that it is given instead of its own. */
export type Rewritten = {readonly chain: NftChain; readonly rules: readonly string[]};

/** What a fault does to a node's rules for the Services of one namespace, in each mode; nothing at all is an error: there was nothing to break. */
export type RuleBreach = {
	/** The rules that it takes away. */
	iptables(rules: readonly SavedRule[], namespace: string): readonly SavedRule[];
	/** The elements that it takes away, or the chains that it writes anew. */
	readonly nftables: {elements(all: readonly NftElement[], namespace: string): readonly NftElement[]} | {chains(all: readonly NftChain[], namespace: string): readonly Rewritten[]};
};

const plan = async ({iptables, nftables}: RuleBreach, {mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	if (mode === 'iptables') return removal(node.name, iptables(parseSave(await readIptables(node, family), family), namespace));
	const table = await readNftables(node, family);
	return 'elements' in nftables
		? elementRemoval(node.name, nftables.elements(parseElements(table), namespace))
		: together(nftables.chains(parseChains(table), namespace).map(({chain, rules}) => rewriting(node.name, chain, rules)));
};

/** A node whose rules are not those that its kube-proxy, stopped meanwhile, has made. */
export const ruleFault = (id: string, title: string, breach: RuleBreach): NodeFault => ({
	id,
	title,
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	async plan(testbed, node) {
		const both = await plan(breach, testbed, node);
		if (both.undo.length === 0) throw new FaultError(`${id}: there is no such rule on ${node.name} for the Services of ${testbed.namespace}`);
		return both;
	},
});
