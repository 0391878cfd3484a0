import type {Fact} from '../../gather/fact.ts';
import type {Remainder} from '../../gather/parse/remainder.ts';
import type {NodeFacts} from '../../gather/read-node.ts';
import type {IpFamily} from '../../target.ts';
import type {ClusterState} from '../state.ts';
import type {Container, Graph} from './graph.ts';
import {actualIptables, usesNfacct} from './iptables/actual.ts';
import {expectedIptables} from './iptables/expected.ts';
import {actualIpvs} from './ipvs/actual.ts';
import {DUMMY} from './ipvs/addresses.ts';
import {expectedIpvs} from './ipvs/expected.ts';
import {actualSysctls, expectedSysctls} from './ipvs/sysctls.ts';
import {actualNftables} from './nftables/actual.ts';
import {expectedNftables} from './nftables/expected.ts';
import {knowsRules} from './supported-minors.ts';

/** A node's rules as they should be and as they are. `remainder`: of the dump, what nobody here understands. */
export type Graphs = {readonly expected: Graph; readonly actual: Graph; readonly remainder: readonly Remainder[]};

type Facts = Pick<NodeFacts, 'addresses' | 'nft' | 'iptables' | 'ip6tables' | 'ipset' | 'ipvs' | 'links' | 'sysctls'>;

const withContainer = (graph: Graph, container: Container): Graph => new Map([...graph, [container.where, container]]);

const ofIpvs = (state: ClusterState, node: string, family: IpFamily, facts: Facts): Fact<Graphs> => {
	const {ipset, ipvs, addresses, links, sysctls} = facts;
	const iptables = family === 'ipv6' ? facts.ip6tables : facts.iptables;
	if (!iptables.ok) return iptables;
	if (!ipset.ok) return ipset;
	if (!ipvs.ok) return ipvs;
	if (!addresses.ok) return addresses;
	if (!links.ok) return links;
	if (!sysctls.ok) return sysctls;
	const {strictARP = false, excludeCIDRs} = state.proxy.ipvs ?? {};
	const [bound, others] = [true, false].map(isBound => addresses.value.items.filter(({device}) => (device === DUMMY) === isBound));
	return {
		ok: true, source: [iptables, ipset, ipvs, addresses].map(({source}) => source).join('; '), value: {
			expected: withContainer(expectedIpvs(state, node, family, {addresses: (others ?? []).map(({address}) => address)}), expectedSysctls({strictARP})),
			actual: withContainer(
				actualIpvs({iptables: iptables.value, ipset: ipset.value, ipvs: ipvs.value, bound: links.value.items.some(({name}) => name === DUMMY) ? bound : undefined}, family, excludeCIDRs),
				actualSysctls(sysctls.value.values, {strictARP}),
			),
			remainder: [iptables, ipset, ipvs, addresses, links, sysctls].flatMap(({value}) => value.remainder),
		},
	};
};

/** Both for one node, from what it says; a missing fact where its rules were not dumped, or how they should be is not known for its kube-proxy. */
export const ruleGraphs = (state: ClusterState, node: string, family: IpFamily, facts: Facts): Fact<Graphs> => {
	const known = knowsRules(state.mode, state.minor);
	if (!known.ok) return {ok: false, why: known.why, source: 'lib/model'};
	if (state.mode === 'ipvs') return ofIpvs(state, node, family, facts);
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
