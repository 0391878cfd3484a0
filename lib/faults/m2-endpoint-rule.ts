import type {Testbed, TestNode} from '../check/testbed.ts';
import {inModes, type NodeFault, type Plan} from './fault.ts';
import {parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables, readNftables} from './look-at.ts';
import {parseChains, rewriting, type NftChain} from './nft-table.ts';
import {choosingRule, choosingRules, firstOf, withRule} from './service-chains.ts';

/** The DNAT rule of the endpoint that is asked last: what falls through an earlier one would be taken by those after it. */
export const lastEndpointRule = (rules: readonly SavedRule[], namespace: string): SavedRule => {
	const chain = choosingRules(rules, namespace, 1).at(-1)?.target;
	return firstOf(rules.filter(rule => rule.chain === chain && rule.target === 'DNAT'), `no DNAT rule in ${chain}`);
};

/** The chain without its last branch, whose share finds nothing. */
export const withoutLastBranch = (chains: readonly NftChain[], namespace: string): {readonly chain: NftChain; readonly rules: readonly string[]} => {
	const {chain, rule, before, branches} = choosingRule(chains, namespace, 2);
	return {chain, rules: withRule(chain, rule, `${before} { ${branches.slice(0, -1).join(', ')} }`)};
};

const plan = async ({mode, family, namespace}: Testbed, node: TestNode): Promise<Plan> => {
	if (mode === 'iptables') return removal(node.name, [lastEndpointRule(parseSave(await readIptables(node, family), family), namespace)]);
	const {chain, rules} = withoutLastBranch(parseChains(await readNftables(node, family)), namespace);
	return rewriting(node.name, chain, rules);
};

const fault: NodeFault = {
	id: 'M2',
	title: 'one endpoint is chosen but has no DNAT rule on one node',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
