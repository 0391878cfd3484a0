import type {Outcome} from './events.ts';
import type {Run, TargetRun} from './run.ts';

/** What is kept of a run for those that come after it: one line of JSON. */
export type PastRun = {
	readonly id: string;
	/** When it began, ms since 1970. */
	readonly at: number;
	readonly vipcheck: string;
	readonly targets: readonly {
		readonly key: string;
		/** What is the same from one version of Kubernetes to the next. */
		readonly kind: string;
		readonly checks: Readonly<Record<string, readonly [outcome: Outcome, ms: number]>>;
	}[];
};

/** Provider, mode and family: checks on these are held against each other over versions. */
const kindOfTarget = ({spec}: Pick<TargetRun, 'spec'>): string => [spec.provider, spec.mode, spec.family].join('/');

/** The line of a run; checks that were skipped say nothing. */
export const pastRunOf = ({id, startedAt, vipcheck, targets}: Run): PastRun => ({
	id,
	at: startedAt,
	vipcheck,
	targets: targets.map(target => ({
		key: target.key,
		kind: kindOfTarget(target),
		checks: Object.fromEntries(
			target.checks.flatMap(({id: check, outcome, ms}) => (outcome === 'skipped' ? [] : [[check, [outcome, ms] as const]])),
		),
	})),
});

export type Trend = {
	/** Oldest first, this run last. */
	readonly outcomes: readonly Outcome[];
	readonly ms: readonly number[];
	/** Passed in some of the runs, red in others. */
	readonly isFlaky: boolean;
	/** Half of the earlier passes took less; undefined: it has not passed before. */
	readonly medianMs: number | undefined;
	/** More than twice the median now. */
	readonly isSlower: boolean;
};

const SLOWER_TIMES = 2;
/** Less than that is no trend. */
const SLOWER_BY_MS = 2_000;

const isRed = (outcome: Outcome): boolean => outcome === 'failed' || outcome === 'broken';

/** How a check went in the runs before, and in this one; undefined where none has it. */
export const trendOf = (history: readonly PastRun[], target: TargetRun, check: TargetRun['checks'][number]): Trend | undefined => {
	const kind = kindOfTarget(target);
	const before = history.flatMap(({targets}) =>
		targets.flatMap(one => {
			const past = one.kind === kind ? one.checks[check.id] : undefined;
			return past ? [past] : [];
		}),
	);
	if (before.length === 0) return undefined;
	const all = check.outcome === 'skipped' ? before : [...before, [check.outcome, check.ms] as const];
	const passes = before
		.filter(([outcome]) => outcome === 'passed')
		.map(([, ms]) => ms)
		.toSorted((a, b) => a - b);
	const medianMs = passes[Math.floor(passes.length / 2)];
	const outcomes = all.map(([outcome]) => outcome);
	return {
		outcomes,
		ms: all.map(([, ms]) => ms),
		isFlaky: outcomes.some(isRed) && outcomes.includes('passed'),
		medianMs,
		isSlower:
			check.outcome === 'passed' &&
			medianMs !== undefined &&
			check.ms > medianMs * SLOWER_TIMES &&
			check.ms > medianMs + SLOWER_BY_MS,
	};
};
