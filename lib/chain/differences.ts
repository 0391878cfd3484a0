import type {Fact} from '../gather/fact.ts';
import {compare} from '../model/rules/compare.ts';
import type {Difference, Graph} from '../model/rules/graph.ts';
import {actualIptables, usesNfacct} from '../model/rules/iptables/actual.ts';
import {expectedIptables} from '../model/rules/iptables/expected.ts';
import {actualNftables} from '../model/rules/nftables/actual.ts';
import {expectedNftables} from '../model/rules/nftables/expected.ts';
import {knowsRules} from '../model/rules/supported-minors.ts';
import {servicePorts} from '../model/service-ports.ts';
import type {ClusterState} from '../model/state.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** What is wrong with a node's rules, as far as it concerns the Services of one namespace. */
export type NodeDifferences = {
	/** Of the namespace's Services. */
	readonly own: readonly Difference[];
	/** Of what all Services share. */
	readonly shared: readonly Difference[];
};

const missing = (fact: {readonly why: string; readonly source: string}): Fact<never> => ({ok: false, why: fact.why, source: fact.source});

const graphs = (node: WalkedNode, family: ChainFacts['family'], state: ClusterState): Fact<readonly [expected: Graph, actual: Graph]> => {
	const {facts, name} = node;
	const addresses = facts.addresses.ok ? {addresses: facts.addresses.value.items.map(({address}) => address)} : {};
	if (state.mode === 'nftables') {
		if (!facts.nft.ok) return missing(facts.nft);
		return {ok: true, source: facts.nft.source, value: [expectedNftables(state, name, family, addresses), actualNftables(facts.nft.value, family)]};
	}
	const dump = family === 'ipv6' ? facts.ip6tables : facts.iptables;
	if (!dump.ok) return missing(dump);
	return {ok: true, source: dump.source, value: [expectedIptables(state, name, family, {...addresses, nfacct: usesNfacct(dump.value)}), actualIptables(dump.value)]};
};

/** Parts of maps and sets that name no Service belong to one if they hold one of its addresses. Others come and go with what others do meanwhile. */
const isOwn = ({about, text, actual = ''}: Difference, namespace: string, addresses: ReadonlySet<string>): boolean =>
	(about === undefined ? [...text.split(' '), ...actual.split(' ')].some(word => addresses.has(word)) : about.startsWith(`${namespace}/`));

/** A chain that is the same whatever the Services; a whole chain that nobody expects is another Service's, or not used any more. */
const isShared = ({about, where, kind, text}: Difference): boolean => about === undefined && !/ (?:map|set) /.test(where) && !(kind === 'foreign' && text.startsWith('(whole '));

/** Compares what a node's rules should be with what they are. Services of other namespaces are left out: they are being changed while this one is looked at. */
export const differencesOn = (node: WalkedNode, {namespace, family}: Pick<ChainFacts, 'namespace' | 'family'>): Fact<NodeDifferences> => {
	const {state} = node;
	if (!state.ok) return missing(state);
	const support = knowsRules(state.value.mode, state.value.minor);
	if (!support.ok) return {ok: false, why: support.why, source: 'lib/model'};
	const both = graphs(node, family, state.value);
	if (!both.ok) return both;
	const all = compare(...both.value);
	const addresses = new Set(servicePorts(state.value, node.name, family).filter(port => port.namespace === namespace).flatMap(({clusterIP, endpoints}) => [clusterIP, ...endpoints.map(({ip}) => ip)]));
	const own = all.filter(difference => isOwn(difference, namespace, addresses));
	return {ok: true, source: both.source, value: {own, shared: all.filter(difference => !own.includes(difference) && isShared(difference))}};
};

/** `nat KUBE-SEP-XXXX on worker-2 lacks …  (ns/svc:port)`. */
export const differenceText = ({kind, where, text, actual, about}: Difference, node: string): string => {
	const place = `${where} on ${node}`;
	const of = about === undefined ? '' : ` (${about})`;
	if (text.startsWith('(whole ')) return kind === 'missing' ? `${place} is missing${of}` : `${place} is there, and nothing asks for it${of}`;
	switch (kind) {
		case 'missing': return `${place} lacks ${text}${of}`;
		case 'foreign': return `${place} has ${text}, which nothing asks for${of}`;
		case 'changed': return `${place} has ${actual ?? 'something else'} instead of ${text}${of}`;
		case 'misplaced': return `${place} has ${text} in the wrong place${of}`;
	}
};
