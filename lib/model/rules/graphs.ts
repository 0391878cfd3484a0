import type {Fact} from '../../facts/fact.ts';
import type {Remainder} from '../../facts/parse/remainder.ts';
import type {IpFamily} from '../../target.ts';
import type {RuleFacts} from '../modes/mode.ts';
import {PROXY_MODES} from '../modes/modes.ts';
import type {ClusterState} from '../state.ts';
import type {Graph} from './graph.ts';
import {knowsRules} from './supported-minors.ts';

/** A node's rules as they should be and as they are. `remainder`: of the dump, what nobody here understands. */
export type Graphs = {
	readonly expected: Graph;
	readonly actual: Graph;
	readonly remainder: readonly Remainder[];
};

/**
 * Both for one node, from what it says; a missing fact where its rules were not dumped, or how they should be is not known for its
 * kube-proxy.
 */
export const ruleGraphs = (state: ClusterState, node: string, family: IpFamily, facts: RuleFacts): Fact<Graphs> => {
	const known = knowsRules(state.mode, state.minor);
	if (!known.ok) return {ok: false, why: known.why, source: 'lib/model'};
	const mode = PROXY_MODES[state.mode];
	const actual = mode.actual(facts, family, state.proxy);
	if (!actual.ok) return actual;
	const {graph, remainder} = actual.value;
	return {...actual, value: {expected: mode.expected(state, node, family, facts), actual: graph, remainder}};
};
