import type {Fact} from '../gather/fact.ts';
import {clusterStateOf} from '../gather/cluster-state.ts';
import {gatherApi, type ApiFacts} from '../gather/gather-api.ts';
import {gatherNode} from '../gather/gather-node.ts';
import {LOOK_NAMES, type LookName} from '../gather/argv.ts';
import {readNode, type NodeFacts} from '../gather/read-node.ts';
import {compare} from '../model/rules/compare.ts';
import type {Difference} from '../model/rules/graph.ts';
import {actualIptables, usesNfacct} from '../model/rules/iptables/actual.ts';
import {expectedIptables} from '../model/rules/iptables/expected.ts';
import {actualNftables} from '../model/rules/nftables/actual.ts';
import {expectedNftables} from '../model/rules/nftables/expected.ts';
import {knowsRules} from '../model/rules/supported-minors.ts';
import {TransportError} from '../shell/shell.ts';
import type {IpFamily} from '../target.ts';
import type {TestNode, Testbed} from './testbed.ts';

const RULES = ['iptables', 'ip6tables', 'nft'] as const satisfies readonly LookName[];
const SETTINGS = ['configz', 'proxyMode', 'metrics', 'sysctls', 'addresses'] as const satisfies readonly LookName[];

const look = async ({shell}: TestNode, names: readonly LookName[], signal: AbortSignal): Promise<NodeFacts> => {
	const unasked = Object.fromEntries(LOOK_NAMES.map(name => [name, {ok: false, why: 'not asked for', source: name}])) as Record<LookName, Fact<string>>;
	return readNode({...unasked, ...await gatherNode(shell, {names, signal})});
};

const needed = <T>(node: string, fact: Fact<T>): T => {
	if (!fact.ok) throw new TransportError(`${node}: ${fact.source}: ${fact.why}`);
	return fact.value;
};

/** What each kube-proxy says of itself. It is asked once: one that is stopped later does not answer any more. */
export type ProxySettings = ReadonlyMap<string, NodeFacts>;

export const proxySettings = async ({nodes, signal}: Testbed): Promise<ProxySettings> =>
	new Map(await Promise.all(nodes.map(async node => [node.name, await look(node, SETTINGS, signal)] as const)));

const versionsOf = ({services, slices, nodes}: ApiFacts): string => [services, slices]
	.flatMap(fact => (fact.ok ? fact.value.items : []).map(({metadata}) => `${metadata?.uid} ${metadata?.resourceVersion}`))
	.concat((nodes.ok ? nodes.value.items : []).map(({metadata}) => `${metadata?.uid} ${JSON.stringify(metadata?.labels)}`)).join('\n');

/** A line for each thing that a dump holds and nobody here understands: nothing can be said about such rules. */
const refuseOdd = (node: string, remainder: readonly {text: string; why: string}[]): void => {
	if (remainder.length > 0) throw new TransportError(`${node}: ${remainder.length} lines of the dump are not understood, the first: ${remainder[0]?.text} (${remainder[0]?.why})`);
};

const differencesOn = (node: TestNode, family: IpFamily, api: ApiFacts, settings: NodeFacts, rules: NodeFacts): readonly Difference[] => {
	const state = clusterStateOf(api, settings);
	const known = knowsRules(state.mode, state.minor);
	if (!known.ok) throw new TransportError(known.why);
	const addresses = settings.addresses.ok ? settings.addresses.value.items.map(({address}) => address) : undefined;
	if (state.mode === 'nftables') {
		const ruleset = needed(node.name, rules.nft);
		refuseOdd(node.name, ruleset.remainder);
		return compare(expectedNftables(state, node.name, family, {...(addresses && {addresses})}), actualNftables(ruleset, family));
	}
	const dump = needed(node.name, family === 'ipv6' ? rules.ip6tables : rules.iptables);
	refuseOdd(node.name, dump.remainder);
	return compare(expectedIptables(state, node.name, family, {nfacct: usesNfacct(dump), ...(addresses && {addresses})}), actualIptables(dump));
};

export type NodeDifference = Difference & {readonly node: string};

/** `versions` tells two states of the API apart. */
export type RulesSeen = {readonly versions: string; readonly differences: readonly NodeDifference[]};

/** One look at the rules of all nodes: how they differ from what they should be; undefined: the API changed meanwhile, so nothing can be said. */
export const lookAtRules = async (testbed: Testbed, settings: ProxySettings): Promise<RulesSeen | undefined> => {
	const {kube, nodes, family, signal} = testbed;
	const before = await gatherApi(kube);
	const dumps = await Promise.all(nodes.map(async node => [node, await look(node, RULES, signal)] as const));
	const versions = versionsOf(before);
	if (versions !== versionsOf(await gatherApi(kube))) return undefined;
	return {versions, differences: dumps.flatMap(([node, rules]) => differencesOn(node, family, before, settings.get(node.name) as NodeFacts, rules).map(difference => ({...difference, node: node.name})))};
};

/** `worker-2: nat KUBE-SEP-… lacks -j DNAT … (ns/svc:port)`. */
export const describeDifference = ({node, kind, where, text, actual, about}: NodeDifference): string => {
	const of = about === undefined ? '' : `   (${about})`;
	switch (kind) {
		case 'missing': {
			return `${node}: ${where} lacks ${text}${of}`;
		}
		case 'foreign': {
			return `${node}: ${where} has, and nobody asked for it: ${text}${of}`;
		}
		case 'changed': {
			return `${node}: ${where} has ${actual}, it should be ${text}${of}`;
		}
		case 'misplaced': {
			return `${node}: ${where} has in the wrong place ${text}${of}`;
		}
	}
};
