import type {Fact} from '../facts/fact.ts';
import {DNS_SERVICE} from '../model/dns-names.ts';
import {compare} from '../model/rules/compare.ts';
import type {Difference} from '../model/rules/graph.ts';
import {ruleGraphs} from '../model/rules/graphs.ts';
import {servicePorts} from '../model/service-ports.ts';
import {nameOf} from '../model/state.ts';
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

/**
 * Parts of maps and sets, and virtual servers, that name no Service belong to one if they hold one of its addresses. Others come and go
 * with what others do meanwhile.
 */
const isOwn = ({about, where, text, actual = ''}: Difference, owners: readonly string[], addresses: ReadonlySet<string>): boolean =>
	about === undefined
		? [text, actual, where].flatMap(each => each.split(/[ ,]/)).some(word => addresses.has(word) || addresses.has(hostOf(word)))
		: owners.some(owner => about.startsWith(owner));

/**
 * Settings of the kernel are told by a hop of their own. A chain, or a set of ipset, that is the same whatever the Services; what nobody
 * expects in a set, or as a whole, is another Service's, or not used any more.
 */
const isShared = ({about, where, kind, text}: Difference): boolean =>
	about === undefined &&
	where !== 'sysctl' &&
	!/ (?:map|set) /.test(where) &&
	!(kind === 'foreign' && (text.startsWith('(whole ') || /^(?:ipset |kube-ipvs0$)/.test(where)));

/**
 * Compares what a node's rules should be with what they are. Services of other namespaces are left out: they are being changed while this
 * one is looked at. Where the check asked for names, the DNS Service is one of its own.
 */
export const differencesOn = (
	node: WalkedNode,
	{namespace, family, lookups}: Pick<ChainFacts, 'namespace' | 'family' | 'lookups'>,
): Fact<NodeDifferences> => {
	const {state} = node;
	if (!state.ok) return state;
	const both = ruleGraphs(state.value, node.name, family, node.facts);
	if (!both.ok) return both;
	const all = compare(both.value.expected, both.value.actual);
	const owners = [`${namespace}/`, ...(lookups ? [`${DNS_SERVICE.namespace}/${DNS_SERVICE.name}:`] : [])];
	const addresses = new Set(
		servicePorts(state.value, node.name, family)
			.filter(port => owners.some(owner => nameOf(port).startsWith(owner)))
			.flatMap(({clusterIP, endpoints}) => [clusterIP, ...endpoints.map(({ip}) => ip)]),
	);
	const own = all.filter(difference => isOwn(difference, owners, addresses));
	return {
		ok: true,
		source: both.source,
		value: {own, shared: all.filter(difference => !own.includes(difference) && isShared(difference))},
	};
};
