import type {Outcome} from '../../lib/record/events.ts';
import type {CheckRun, Counts} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {oneLine} from './clean.ts';

/** The worst first, as every report lists them. */
export const OUTCOMES: readonly Outcome[] = ['failed', 'broken', 'known', 'passed', 'skipped'];

/** Always shown beside the word, never alone. */
export const SYMBOL: Readonly<Record<Outcome, string>> = {passed: '✓', failed: '✗', broken: '!', known: '~', skipped: '–'};

export const isRed = (check: CheckRun): boolean => check.outcome === 'failed' || check.outcome === 'broken';

/** Broken before it began: it says nothing about itself, only about the run, so reports show such checks as a group. */
export const isUnrun = (check: CheckRun): boolean => check.outcome === 'broken' && check.startedAt === undefined;

/** Nobody asked for it: it says nothing about the cluster. */
export const isLeftOut = ({skip}: CheckRun): boolean => skip?.kind === 'filtered';

/** What an interruption kept from a result, each with why: what was stopped by its id, what never began as one number. */
export const cutShort = (checks: readonly CheckRun[]): readonly (readonly [what: string, why: string])[] => {
	const cut = checks.filter(isCut);
	const stopped = cut.filter(({skip}) => skip?.kind === 'stopped');
	const unrun = Map.groupBy(
		cut.filter(({skip}) => skip?.kind === 'not-run'),
		({skip}) => skip?.detail ?? '',
	);
	return [
		...stopped.map(({id, skip}) => [id, `stopped while running: ${oneLine(skip?.detail ?? '')}`] as const),
		...[...unrun].map(([why, {length}]) => [`${length} ${length === 1 ? 'check' : 'checks'}`, `not run: ${why}`] as const),
	];
};

/** `2 failed, 1 broken, 12 passed`: only what there is. */
export const countsText = (counts: Counts): string =>
	OUTCOMES.filter(outcome => counts[outcome] > 0)
		.map(outcome => `${counts[outcome]} ${outcome}`)
		.join(', ') || 'no checks';
