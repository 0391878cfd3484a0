import {needed} from '../../../lib/facts/fact.ts';
import {clusterStateOf} from '../../../lib/gather/cluster-state.ts';
import {gatherApi, type ApiFacts} from '../../../lib/gather/gather-api.ts';
import type {LookName} from '../../../lib/facts/argv.ts';
import {look} from '../../../lib/gather/look.ts';
import {readNode, type NodeFacts} from '../../../lib/facts/read-node.ts';
import {compare} from '../../../lib/model/rules/compare.ts';
import {differenceText, type NodeDifference} from '../../../lib/model/rules/difference-text.ts';
import type {Difference, Graph} from '../../../lib/model/rules/graph.ts';
import {PROXY_MODES} from '../../../lib/model/modes/modes.ts';
import {ruleGraphs, type Graphs} from '../../../lib/model/rules/graphs.ts';
import type {ClusterState} from '../../../lib/model/state.ts';
import {TransportError} from '../../../lib/shell/shell.ts';
import type {IpFamily} from '../../../lib/target.ts';
import type {TestNode, Testbed} from '../../../lib/testbed/testbed.ts';

const RULES = ['iptables', 'ip6tables', 'nft', 'addresses'] as const satisfies readonly LookName[];
const SETTINGS = ['configz', 'proxyMode', 'metrics', 'sysctls'] as const satisfies readonly LookName[];

/** What each kube-proxy says of itself, and its node's settings. It is asked once: one that is stopped later does not answer any more. */
export type ProxySettings = ReadonlyMap<string, Pick<NodeFacts, (typeof SETTINGS)[number]>>;

export const proxySettings = async ({nodes, signal}: Testbed): Promise<ProxySettings> =>
	new Map(
		await Promise.all(
			nodes.map(async ({name, shell}) => {
				const {configz, proxyMode, metrics, sysctls} = readNode(await look(shell, SETTINGS, signal));
				return [name, {configz, proxyMode, metrics, sysctls}] as const;
			}),
		),
	);

/** A node's rules, and the cluster as its kube-proxy must have seen it when they were dumped. */
export type NodeSeen = {
	readonly node: TestNode;
	readonly state: ClusterState;
	readonly facts: NodeFacts;
};

/** All nodes at one moment of the API. `versions` tells two such moments apart. */
export type NodesSeen = {
	readonly versions: string;
	readonly api: ApiFacts;
	readonly nodes: readonly NodeSeen[];
};

/** Of what kube-proxy follows; equal texts, nothing of it has changed between. */
export const versionsOf = ({services, slices, nodes}: ApiFacts): string =>
	[services, slices]
		.flatMap(fact => (fact.ok ? fact.value.items : []).map(({metadata}) => `${metadata?.uid} ${metadata?.resourceVersion}`))
		.concat((nodes.ok ? nodes.value.items : []).map(({metadata}) => `${metadata?.uid} ${JSON.stringify(metadata?.labels)}`))
		.join('\n');

/** One look at the API and at the rules of all nodes; undefined: the API changed meanwhile, so the two do not belong together. */
const lookAtNodes = async ({kube, mode, family, nodes, signal}: Testbed, settings: ProxySettings): Promise<NodesSeen | undefined> => {
	const names = [...new Set<LookName>([...RULES, ...PROXY_MODES[mode].looks(family)])];
	const api = await gatherApi(kube);
	const dumped = await Promise.all(
		nodes.map(async node => {
			const seen = readNode(await look(node.shell, names, signal));
			return {node, facts: {...seen, ...settings.get(node.name), ...(seen.sysctls.ok && {sysctls: seen.sysctls})}};
		}),
	);
	const versions = versionsOf(api);
	if (versions !== versionsOf(await gatherApi(kube))) return undefined;
	return {versions, api, nodes: dumped.map(({node, facts}) => ({node, facts, state: clusterStateOf(api, facts)}))};
};

const graphsOf = ({node: {name}, state, facts}: NodeSeen, family: IpFamily): Graphs => needed(name, ruleGraphs(state, name, family, facts));

/** A node's rules as they should be. */
export const expectedOn = (seen: NodeSeen, family: IpFamily): Graph => graphsOf(seen, family).expected;

/**
 * How a node's rules differ from what they should be. Throws TransportError where that cannot be told: nothing can be said about rules that
 * are not understood.
 */
const differencesOn = (seen: NodeSeen, family: IpFamily): readonly Difference[] => {
	const {name} = seen.node;
	const {expected, actual, remainder} = graphsOf(seen, family);
	if (remainder.length > 0)
		throw new TransportError(
			`${name}: ${remainder.length} lines of the dump are not understood, the first: ${remainder[0]?.text} (${remainder[0]?.why})`,
		);
	return compare(expected, actual);
};

export type RulesSeen = NodesSeen & {readonly differences: readonly NodeDifference[]};

/**
 * One look at the rules of all nodes: how they differ from what they should be; undefined: the API changed meanwhile, so nothing can be
 * said.
 */
export const lookAtRules = async (testbed: Testbed, settings: ProxySettings): Promise<RulesSeen | undefined> => {
	const seen = await lookAtNodes(testbed, settings);
	return (
		seen && {
			...seen,
			differences: seen.nodes.flatMap(one =>
				differencesOn(one, testbed.family).map(difference => ({...difference, node: one.node.name})),
			),
		}
	);
};

const MOST_SHOWN = 12;

/** The first of them, a line each. */
export const listDifferences = (differences: readonly NodeDifference[]): string =>
	[
		...differences.slice(0, MOST_SHOWN).map(one => differenceText(one)),
		...(differences.length > MOST_SHOWN ? [`… and ${differences.length - MOST_SHOWN} more`] : []),
	].join('\n');

/** Nodes with a difference, each once. */
export const nodesOf = (differences: readonly NodeDifference[]): readonly string[] => [...new Set(differences.map(({node}) => node))];

/** A line to paste that shows kube-proxy's rules of a node. */
export const dumpLine = ({mode, family}: Pick<Testbed, 'mode' | 'family'>, node: string): string =>
	`${PROXY_MODES[mode].shown(family).join('; ')}   # on ${node}`;
