import type {Fact} from '../../gather/fact.ts';
import type {Remainder} from '../../gather/parse/remainder.ts';
import type {NodeFacts} from '../../gather/read-node.ts';
import type {IpFamily} from '../../target.ts';
import type {ClusterState} from '../state.ts';
import type {Graph} from './graph.ts';
import {actualIptables, usesNfacct} from './iptables/actual.ts';
import {expectedIptables} from './iptables/expected.ts';
import {actualNftables} from './nftables/actual.ts';
import {expectedNftables} from './nftables/expected.ts';
import {knowsRules} from './supported-minors.ts';

/** A node's rules as they should be and as they are. `remainder`: of the dump, what nobody here understands. */
export type Graphs = {readonly expected: Graph; readonly actual: Graph; readonly remainder: readonly Remainder[]};

/** Both for one node, from what it says; a missing fact where its rules were not dumped, or how they should be is not known for its kube-proxy. */
export const ruleGraphs = (state: ClusterState, node: string, family: IpFamily, facts: Pick<NodeFacts, 'addresses' | 'nft' | 'iptables' | 'ip6tables'>): Fact<Graphs> => {
	const known = knowsRules(state.mode, state.minor);
	if (!known.ok) return {ok: false, why: known.why, source: 'lib/model'};
	const addresses = facts.addresses.ok ? {addresses: facts.addresses.value.items.map(({address}) => address)} : {};
	if (state.mode === 'nftables') {
		if (!facts.nft.ok) return facts.nft;
		const {source, value} = facts.nft;
		return {ok: true, source, value: {expected: expectedNftables(state, node, family, addresses), actual: actualNftables(value, family), remainder: value.remainder}};
	}
	const dump = family === 'ipv6' ? facts.ip6tables : facts.iptables;
	if (!dump.ok) return dump;
	const {source, value} = dump;
	return {ok: true, source, value: {expected: expectedIptables(state, node, family, {...addresses, nfacct: usesNfacct(value)}), actual: actualIptables(value), remainder: value.remainder}};
};
