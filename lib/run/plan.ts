import {idIn} from '../check-id.ts';
import {budgetOf} from '../check/budget-of.ts';
import type {Check, Row} from '../check/check.ts';
import {decide} from '../check/decide.ts';
import {addOnsFor, type Capabilities} from '../check/needs.ts';
import type {PlannedCheck} from '../record/events.ts';
import {familiesOf} from '../target.ts';
import type {Family, Target} from '../target.ts';
import type {FoundCheck} from './checks.ts';

/** What of the plan does not come from the checks themselves. */
export type PlanInput = Pick<Target, 'mode' | 'family' | 'version' | 'nodeKernel' | 'existing'> & {
	readonly capabilities: Capabilities;
	/** Of --match. */
	readonly matches: (id: string) => boolean;
	/** Some checks were named by it: those that put something into the cluster run only then. Left out: yes. */
	readonly named?: boolean;
};

/**
 * Every check, and every row of those that have rows, as it is named in a cluster of this family: once, or once for each of two families.
 */
export const namedIn = (checks: readonly FoundCheck[], cluster: Family): readonly FoundCheck[] =>
	familiesOf(cluster).flatMap(family =>
		checks.flatMap(found => withRows(found).map(({id, check}) => ({id: idIn(id, family, cluster), check}))),
	);

/** A row as a check of its own; where it names faults, the reason why its check has none is not its. */
const ofRow = (check: Check, own: Row): Check => {
	const {noFault, ...rest} = check as Check & {readonly noFault?: string};
	return (noFault === undefined || own.faults ? {...rest, ...own} : {...rest, ...own, noFault}) as Check;
};

/** A check by itself, or by its rows, each as a check of its own. */
export const withRows = ({id, check}: FoundCheck): readonly FoundCheck[] =>
	check.rows ? Object.entries(check.rows).map(([row, own]) => ({id: `${id}/${row}`, check: ofRow(check, own)})) : [{id, check}];

/** Decides for every check whether it runs, before anything has run. */
export const planChecks = (checks: readonly FoundCheck[], input: PlanInput): readonly PlannedCheck[] =>
	namedIn(checks, input.family).map(({id, check}) => {
		const skip = decide(check, id, input);
		const addOns = addOnsFor(check.needs);
		return {
			id,
			title: check.title,
			refs: check.refs,
			budgetMs: budgetOf(check, input.nodeKernel),
			...(check.why !== undefined && {why: check.why}),
			...(skip && {skip}),
			...(addOns.length > 0 && {addOns}),
		};
	});

/** The checks that will run. */
export const toRun = (plan: readonly PlannedCheck[]): readonly PlannedCheck[] => plan.filter(({skip}) => !skip);
