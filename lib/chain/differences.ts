import type {Fact} from '../gather/fact.ts';
import {compare} from '../model/rules/compare.ts';
import type {Difference} from '../model/rules/graph.ts';
import {ruleGraphs} from '../model/rules/graphs.ts';
import {servicePorts} from '../model/service-ports.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

/** What is wrong with a node's rules, as far as it concerns the Services of one namespace. */
export type NodeDifferences = {
	/** Of the namespace's Services. */
	readonly own: readonly Difference[];
	/** Of what all Services share. */
	readonly shared: readonly Difference[];
};

/** `192.0.2.1` of `192.0.2.1:80`, `[fd00::1]:80`, `192.0.2.1/32`; other words as they are. */
const hostOf = (word: string): string => /^\[(.+)\]:\d+$/.exec(word)?.[1] ?? word.replace(/^([\d.]+):\d+$|\/\d+$/, '$1');

/** Parts of maps and sets, and virtual servers, that name no Service belong to one if they hold one of its addresses. Others come and go with what others do meanwhile. */
const isOwn = ({about, where, text, actual = ''}: Difference, namespace: string, addresses: ReadonlySet<string>): boolean =>
	(about === undefined ? [text, actual, where].flatMap(each => each.split(/[ ,]/)).some(word => addresses.has(word) || addresses.has(hostOf(word))) : about.startsWith(`${namespace}/`));

/** A chain, or a set of ipset, that is the same whatever the Services; what nobody expects in a set, or as a whole, is another Service's, or not used any more. */
const isShared = ({about, where, kind, text}: Difference): boolean =>
	about === undefined && !/ (?:map|set) /.test(where) && !(kind === 'foreign' && (text.startsWith('(whole ') || /^(?:ipset |kube-ipvs0$)/.test(where)));

/** Compares what a node's rules should be with what they are. Services of other namespaces are left out: they are being changed while this one is looked at. */
export const differencesOn = (node: WalkedNode, {namespace, family}: Pick<ChainFacts, 'namespace' | 'family'>): Fact<NodeDifferences> => {
	const {state} = node;
	if (!state.ok) return state;
	const both = ruleGraphs(state.value, node.name, family, node.facts);
	if (!both.ok) return both;
	const all = compare(both.value.expected, both.value.actual);
	const addresses = new Set(servicePorts(state.value, node.name, family).filter(port => port.namespace === namespace).flatMap(({clusterIP, endpoints}) => [clusterIP, ...endpoints.map(({ip}) => ip)]));
	const own = all.filter(difference => isOwn(difference, namespace, addresses));
	return {ok: true, source: both.source, value: {own, shared: all.filter(difference => !own.includes(difference) && isShared(difference))}};
};
