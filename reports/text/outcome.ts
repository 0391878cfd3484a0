import type {CheckRun, Counts, Outcome} from '../../lib/events.ts';

/** The worst first, as every report lists them. */
export const OUTCOMES: readonly Outcome[] = ['failed', 'broken', 'known', 'passed', 'skipped'];

/** Always shown beside the word, never alone. */
export const SYMBOL: Readonly<Record<Outcome, string>> = {passed: '✓', failed: '✗', broken: '!', known: '~', skipped: '–'};

export const isRed = (check: CheckRun): boolean => check.outcome === 'failed' || check.outcome === 'broken';

/** Broken before it began: it says nothing about itself, only about the run, so reports show such checks as a group. */
export const isUnrun = (check: CheckRun): boolean => check.outcome === 'broken' && check.startedAt === undefined;

/** `2 failed, 1 broken, 12 passed`: only what there is. */
export const countsText = (counts: Counts): string => OUTCOMES.filter(outcome => counts[outcome] > 0).map(outcome => `${counts[outcome]} ${outcome}`).join(', ') || 'no checks';
