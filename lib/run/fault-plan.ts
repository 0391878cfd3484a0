import {decide} from '../check/decide.ts';
import {addOnsFor} from '../check/needs.ts';
import type {PlannedCheck, Skip} from '../record/events.ts';
import type {Fault} from '../faults/tools/fault.ts';
import {faultsOf} from '../faults/tools/load.ts';
import {budgetOf} from '../check/budget-of.ts';
import {modeOf, type TargetMode} from '../target.ts';
import type {FoundCheck} from './checks.ts';
import {namedIn, type PlanInput} from './plan.ts';

/** One run of a check: with a fault, or, after all its faults, without. */
export type FaultTrial = {
	readonly planned: PlannedCheck;
	readonly found: FoundCheck;
	readonly fault?: Fault;
};

export type FaultPlanInput = PlanInput & {
	/** Ids of --fault; none: all. */
	readonly only: readonly string[];
	/** Also the faults that a check does not name. */
	readonly others?: boolean;
};

/** The faults that a check names. Throws RangeError for a name that means none. */
export const faultsOfCheck = ({id, check}: FoundCheck, all: readonly Fault[]): readonly Fault[] =>
	('faults' in check ? check.faults : []).flatMap(name => {
		const faults = faultsOf(name, all);
		if (faults.length === 0) throw new RangeError(`suites/${id}.ts names the fault ${name}, which lib/faults does not have`);
		return faults;
	});

/** Decides, for every check, its faults one by one and then the check itself. The ids of trials with a fault are `check+fault`. */
export const planFaults = (checks: readonly FoundCheck[], all: readonly Fault[], input: FaultPlanInput): readonly FaultTrial[] =>
	namedIn(checks, input.family).flatMap(found => {
		const {id, check} = found;
		const skipped = decide(check, id, input);
		const addOns = addOnsFor(check.needs);
		const named = faultsOfCheck(found, all);
		const faults = input.others ? [...named, ...all.filter(fault => !named.includes(fault))] : named;
		const wanted = faults.filter(fault => input.only.length === 0 || input.only.some(name => faultsOf(name, [fault]).length > 0));
		const trial = (planned: Pick<PlannedCheck, 'id' | 'title' | 'why'>, skip: Skip | undefined, fault?: Fault): FaultTrial => ({
			found,
			...(fault && {fault}),
			planned: {
				...planned,
				refs: check.refs,
				budgetMs: budgetOf(check, input.nodeKernel),
				...(skip && {skip}),
				...(addOns.length > 0 && {addOns}),
				...(fault && {fault: {id: fault.id, layer: fault.layer, check: id, ...(!named.includes(fault) && {other: true})}}),
			},
		});
		const trials = faults.map(fault =>
			trial(
				{
					id: `${id}+${fault.id}`,
					title: named.includes(fault) ? `${id} goes red when ${fault.title}` : `what ${id} says when ${fault.title}`,
				},
				skipped ?? skipOf(fault, input.mode, wanted.includes(fault)),
				fault,
			),
		);
		const runs = trials.some(({planned}) => !planned.skip);
		return [
			...trials,
			trial(
				{id, title: check.title, ...(check.why !== undefined && {why: check.why})},
				skipped ?? (runs ? undefined : skipOfPlain(found, wanted)),
			),
		];
	});

const skipOf = (fault: Fault, targetMode: TargetMode, wanted: boolean): Skip | undefined => {
	if (!wanted) return {kind: 'filtered', detail: 'left out by --fault'};
	const mode = modeOf(targetMode);
	if (!mode) return {kind: 'not-applicable', detail: 'faults are known for kube-proxy only'};
	const support = fault.applies({mode});
	return support.ok ? undefined : {kind: 'not-applicable', detail: support.why};
};

const skipOfPlain = ({check}: FoundCheck, wanted: readonly Fault[]): Skip => {
	if ('noFault' in check) return {kind: 'not-applicable', detail: `no fault can turn it red: ${check.noFault}`};
	return wanted.length === 0
		? {kind: 'filtered', detail: 'left out by --fault'}
		: {kind: 'not-applicable', detail: 'none of its faults can be put in here'};
};
