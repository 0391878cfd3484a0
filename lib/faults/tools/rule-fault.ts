import {needed} from '../../facts/fact.ts';
import {readNode} from '../../facts/read-node.ts';
import {clusterStateOf} from '../../gather/cluster-state.ts';
import {gatherApi} from '../../gather/gather-api.ts';
import {look} from '../../gather/look.ts';
import {PROXY_MODES} from '../../model/modes/modes.ts';
import type {Graph} from '../../model/rules/graph.ts';
import type {Mode} from '../../target.ts';
import type {Testbed, TestNode} from '../../testbed/testbed.ts';
import {withOwners, type Edit} from './edit.ts';
import {FaultError, type NodeFault, type Plan} from './fault.ts';
import {addressWriter} from './writers/address.ts';
import {ipsetWriter} from './writers/ipset.ts';
import {iptablesWriter} from './writers/iptables.ts';
import {ipvsadmWriter} from './writers/ipvsadm.ts';
import {nftWriter} from './writers/nft.ts';
import {sysctlWriter} from './writers/sysctl.ts';
import type {Place} from './writers/writer.ts';

/** What a fault does to a node's rules for the Services of one namespace; nothing at all is an error: there was nothing to break. */
export type Breach = (graph: Graph, namespace: string) => readonly Edit[];

const WRITERS = [iptablesWriter, nftWriter, ipsetWriter, ipvsadmWriter, addressWriter, sysctlWriter];

/** A node's rules as they are, with the Services that they are for. Its kube-proxy may be stopped: it is asked nothing. */
const rulesOf = async ({mode, family, kube, signal}: Testbed, {name, shell}: TestNode): Promise<Graph> => {
	const rules = PROXY_MODES[mode];
	const [api, texts] = await Promise.all([gatherApi(kube), look(shell, rules.looks(family), signal)]);
	const [state, facts] = [clusterStateOf(api), readNode(texts)];
	return withOwners(needed(name, rules.actual(facts, family, state.proxy)).graph, rules.expected(state, name, family, facts));
};

/** The commands that make edits of a node's rules, each by its tool, and those that take them back. */
export const writing = async (edits: readonly Edit[], place: Place): Promise<Plan> => {
	const byWriter = Map.groupBy(edits, ({where}) => {
		const writer = WRITERS.find(({of}) => of.test(where));
		if (!writer) throw new FaultError(`nothing is known that could change ${where}`);
		return writer;
	});
	const all = await Promise.all([...byWriter].map(async ([writer, own]) => writer.write(own, place)));
	return {inject: all.flatMap(({inject}) => inject), undo: all.flatMap(({undo}) => undo)};
};

/** A node whose rules are not those that its kube-proxy, stopped meanwhile, has made. One breach for all modes, or one for each. */
export const ruleFault = (title: string, breach: Breach | Readonly<Partial<Record<Mode, Breach>>>): NodeFault => {
	const breachIn = (mode: Mode): Breach | undefined => (typeof breach === 'function' ? breach : breach[mode]);
	return {
		title,
		layer: 'rules',
		on: 'node',
		when: 'settled',
		stopsKubeProxy: true,
		applies: ({mode}) => (breachIn(mode) ? {ok: true, how: mode} : {ok: false, why: `in mode ${mode} there is nothing of the kind`}),
		async plan(testbed, node) {
			const graph = await rulesOf(testbed, node);
			const edits = breachIn(testbed.mode)?.(graph, testbed.namespace) ?? [];
			if (edits.length === 0) throw new FaultError(`there is no such rule on ${node.name} for the Services of ${testbed.namespace}`);
			return writing(edits, {node, family: testbed.family, graph});
		},
	};
};
