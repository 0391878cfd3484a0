import {apiError} from '../kube-error.ts';
import type {Defect, Outcome, Problem} from '../record/events.ts';
import {Violation} from '../record/problem.ts';
import {causesOf, messageOf} from '../usage.ts';
import type {Budgeted} from '../wait/budget.ts';

/** What came of a check, or of one row of it. */
export type Judged = {
	readonly outcome: Exclude<Outcome, 'skipped'>;
	readonly problem?: Problem;
	readonly defect?: Defect;
};

/** By id. */
export type Results = ReadonlyMap<string, Judged>;

const SEVERITY: Readonly<Record<Judged['outcome'], number>> = {passed: 0, known: 1, broken: 2, failed: 3};

/** Of two, the worse; of equals the first. */
export const worse = (one: Judged, other: Judged): Judged => (SEVERITY[other.outcome] > SEVERITY[one.outcome] ? other : one);

export const worstOf = (results: Results): Judged => [...results.values()].reduce(worse, {outcome: 'passed'});

/** A red that a known defect explains is `known`; what passed in spite of one tells so. */
export const withDefects = (results: Results, known: (id: string, problem?: Problem) => Defect | undefined): Results =>
	new Map(
		[...results].map(([id, result]): [string, Judged] => {
			const defect = result.outcome === 'failed' || result.outcome === 'passed' ? known(id, result.problem) : undefined;
			if (!defect) return [id, result];
			return [id, {...result, outcome: result.outcome === 'failed' ? 'known' : 'passed', defect}];
		}),
	);

/** Beside every red: what this run's own machine may have to do with it. */
export const withMachine = (results: Results, machine: string | undefined): Results =>
	machine === undefined
		? results
		: new Map([...results].map(([id, {problem, ...result}]) => [id, {...result, ...(problem && {problem: {...problem, machine}})}]));

/** A Violation is the cluster's, everything else that is thrown is ours. */
export const judgeThrown = (error: unknown): Judged =>
	error instanceof Violation ? {outcome: 'failed', problem: error.problem} : {outcome: 'broken', problem: problemOf(error)};

/** Judges how a body ended. */
export const judgeEnd = (ended: Budgeted, budgetMs: number, lastStep: string | undefined): Judged => {
	if (ended.how === 'threw' && ended.error instanceof Violation) return judgeThrown(ended.error);
	if (ended.over) {
		const while_ = lastStep ?? 'before its first step';
		const more =
			ended.how === 'threw'
				? causesOf(ended.error)
				: ended.how === 'abandoned'
					? ['it did not end when asked to and was abandoned']
					: ['it came to its end only after the budget'];
		return {
			outcome: 'broken',
			problem: {
				summary: `used up its budget of ${budgetMs / 1000} s while: ${while_}`,
				expected: `an end within ${budgetMs / 1000} s`,
				observed: more.join('\n'),
				reproduce: [],
			},
		};
	}
	if (ended.how === 'returned') return {outcome: 'passed'};
	if (ended.how === 'threw') return judgeThrown(ended.error);
	return {
		outcome: 'broken',
		problem: {
			summary: 'the run was ended while this check ran',
			expected: 'a result of this check',
			observed: lastStep === undefined ? 'nothing yet' : `its last step: ${lastStep}`,
			reproduce: [],
		},
	};
};

/** What kept us from observing, with its whole chain of causes; for our own mistakes with the place in the source. */
export const problemOf = (error: unknown): Problem => {
	const causes = causesOf(error);
	const place =
		error instanceof TypeError || error instanceof ReferenceError
			? (error.stack
					?.split('\n')
					.slice(1, 4)
					.map(line => line.trim()) ?? [])
			: [];
	return {
		summary: apiError(error)?.line ?? firstLine(messageOf(error)),
		expected: 'to be able to observe the cluster',
		observed: [...causes, ...place].join('\n') || 'an error without a message',
		reproduce: [],
	};
};

const firstLine = (text: string): string => text.trim().split('\n')[0] || 'an error without a message';
