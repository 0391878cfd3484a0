import type {Testbed, TestNode} from '../check/testbed.ts';
import {inModes, type NodeFault, type Plan} from './fault.ts';
import {parseSave, removal} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {parseChains, rewriting, type NftChain} from './nft-table.ts';
import {choosingRule, choosingRules, withRule} from './service-chains.ts';

/** The chain with the last branch leading where the first does. */
export const skewed = (chains: readonly NftChain[], namespace: string): {readonly chain: NftChain; readonly rules: readonly string[]} => {
	const {chain, rule, before, branches} = choosingRule(chains, namespace, 2);
	const where = branches[0]?.replace(/^\d+ : /, '');
	return {chain, rules: withRule(chain, rule, `${before} { ${[...branches.slice(0, -1), `${branches.length - 1} : ${where}`].join(', ')} }`)};
};

const plan = async ({mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	if (mode === 'iptables') return removal(node.name, choosingRules(parseSave(await readIptables(node, family), family), namespace, 2).slice(0, 1));
	const {chain, rules} = skewed(parseChains(await readNftables(node, family)), namespace);
	return rewriting(node.name, chain, rules);
};

const fault: NodeFault = {
	id: 'M3',
	title: 'one node never chooses one of the endpoints',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
