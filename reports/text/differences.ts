import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {oneLine} from './clean.ts';

/** A check that came out otherwise on one target than on another. */
export type Difference = {
	readonly check: string;
	/**
	 * by design: the mode does not have what the check is about, or it is a listed upstream defect. defect: the same statement holds here
	 * and not there. unseen: it was not observed somewhere.
	 */
	readonly kind: 'by design' | 'defect' | 'unseen';
	readonly outcomes: readonly {readonly target: string; readonly outcome: string}[];
	/** What makes it so, with where that is written. */
	readonly why: string;
};

type Placed = {readonly target: TargetRun; readonly check: CheckRun};

export const outcomeOf = ({outcome, skip}: CheckRun): string => (skip && outcome === 'skipped' ? skip.kind.replace('-', ' ') : outcome);

const withRefs = (text: string, refs: readonly string[]): string =>
	[oneLine(text), ...(refs.length > 0 ? [`(${refs.join(', ')})`] : [])].join(' ');

const kindOf = (placed: readonly Placed[]): Pick<Difference, 'kind' | 'why'> => {
	const of = (outcome: CheckRun['outcome']): Placed | undefined => placed.find(({check}) => check.outcome === outcome);
	const failed = of('failed');
	if (failed) return {kind: 'defect', why: `${failed.target.spec.mode}: ${oneLine(failed.check.problem?.summary ?? '')}`};
	const broken = of('broken');
	if (broken) return {kind: 'unseen', why: `${broken.target.spec.mode}: ${oneLine(broken.check.problem?.summary ?? '')}`};
	const known = of('known');
	if (known)
		return {
			kind: 'by design',
			why: withRefs(known.check.defect?.what ?? 'a listed upstream defect', known.check.defect ? [known.check.defect.issue] : []),
		};
	const skipped = of('skipped');
	if (skipped?.check.skip?.kind === 'unsupported') return {kind: 'unseen', why: oneLine(skipped.check.skip.detail)};
	return {kind: 'by design', why: withRefs(skipped?.check.skip?.detail ?? '', skipped?.check.refs ?? [])};
};

/** Checks whose outcome is not the same on every target of the run that has them; none for a run with one target. */
export const differencesOf = (run: Run): readonly Difference[] => {
	if (run.targets.length < 2) return [];
	// What a target did not come to says nothing of it.
	const placed = run.targets.flatMap(target => target.checks.filter(check => !isCut(check)).map(check => ({target, check})));
	return [...Map.groupBy(placed, ({check}) => check.id)].flatMap(([id, all]) => {
		const outcomes = all.map(one => ({target: one.target.key, outcome: outcomeOf(one.check)}));
		return new Set(outcomes.map(({outcome}) => outcome)).size < 2 ? [] : [{check: id, outcomes, ...kindOf(all)}];
	});
};
