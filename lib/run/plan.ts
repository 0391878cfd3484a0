import {idIn} from '../check/check-id.ts';
import {decide} from '../check/decide.ts';
import type {Capabilities} from '../check/decide.ts';
import type {PlannedCheck} from '../events.ts';
import {DEFAULT_BUDGET_MS} from '../limits.ts';
import {familiesOf} from '../target.ts';
import type {ClusterRef, Family, Target} from '../target.ts';
import type {FoundCheck} from './checks.ts';

/** What of the plan does not come from the checks themselves. */
export type PlanInput = Pick<Target, 'mode' | 'family' | 'version'> & {readonly capabilities: Capabilities; /** Of --match. */ readonly matches: (id: string) => boolean};

/** Every check as it is named in a cluster of this family: once, or once for each of two families. */
export const namedIn = (checks: readonly FoundCheck[], cluster: Family): readonly FoundCheck[] =>
	familiesOf(cluster).flatMap(family => checks.map(({id, check}) => ({id: idIn(id, family, cluster), check})));

/** Decides for every check whether it runs, before anything has run. */
export const planChecks = (checks: readonly FoundCheck[], input: PlanInput): readonly PlannedCheck[] => namedIn(checks, input.family).map(({id, check}) => {
	const skip = decide(check, id, input);
	return {id, title: check.title, refs: check.refs, budgetMs: check.budgetMs ?? DEFAULT_BUDGET_MS, ...(skip && {skip})};
});

/** What a cluster that is there offers. */
export const capabilitiesOf = ({nodes, outside}: Pick<ClusterRef, 'nodes' | 'outside'>): Capabilities => ({
	'node-access': nodes.length > 0 ? {ok: true, how: nodes[0]?.access.kind ?? ''} : {ok: false, why: 'this cluster gives no access to its nodes'},
	'outside-host': outside ? {ok: true, how: outside.access.kind} : {ok: false, why: 'this cluster has none'},
});

/** Before a cluster is there nothing is ruled out for want of it. */
export const ALL_CAPABILITIES: Capabilities = {'node-access': {ok: true, how: 'not looked yet'}, 'outside-host': {ok: true, how: 'not looked yet'}};

/** The checks that will run. */
export const toRun = (plan: readonly PlannedCheck[]): readonly PlannedCheck[] => plan.filter(({skip}) => !skip);
