import type {CheckRun, Run, TargetRun} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {oneLine} from '../text/clean.ts';
import {differencesOf, outcomeOf, type Difference} from '../text/differences.ts';
import {isLeftOut} from '../text/outcome.ts';

/** A check that came out otherwise in the second run. */
export type Change = {
	readonly check: string;
	readonly before: string;
	readonly after: string;
	/** by design, unseen: as in Difference. */
	readonly kind: 'worse' | 'better' | 'by design' | 'unseen';
	readonly why: string;
};

/** A figure in ms that has grown. */
export type Slower = {
	readonly check: string;
	/** `the check itself`, or the name of a figure that it has measured. */
	readonly what: string;
	readonly beforeMs: number;
	readonly afterMs: number;
};

export type Compared = {
	readonly before: string;
	readonly after: string;
	readonly same: number;
	readonly changes: readonly Change[];
	readonly slower: readonly Slower[];
	readonly onlyBefore: readonly string[];
	readonly onlyAfter: readonly string[];
};

/** A machine with other work has twice the time for no reason; what is less than this is noise. */
const SLOWER = {times: 2, byMs: 3_000} as const;
/** Figures that a check has measured itself vary less. */
const FIGURE_SLOWER = {times: 2, byMs: 500} as const;

const isRed = (outcome: string): boolean => outcome === 'failed' || outcome === 'broken';

const kindOf = (difference: Difference, before: string, after: string): Change['kind'] => {
	if (difference.kind === 'by design') return 'by design';
	if (isRed(after) && !isRed(before)) return after === 'failed' ? 'worse' : 'unseen';
	if (isRed(before) && after === 'passed') return 'better';
	if (before === 'broken' && after === 'failed') return 'worse';
	return 'unseen';
};

const grown = (before: number, after: number, {times, byMs}: {readonly times: number; readonly byMs: number}): boolean =>
	after > before * times && after > before + byMs;

const slowerOf = (before: CheckRun, after: CheckRun): readonly Slower[] => {
	if (before.outcome !== 'passed' || after.outcome !== 'passed') return [];
	const figures = before.numbers.flatMap(({name, unit, value}) => {
		const now = after.numbers.find(one => one.name === name && one.unit === unit);
		return unit === 'ms' && now && grown(value, now.value, FIGURE_SLOWER)
			? [{check: after.id, what: name, beforeMs: value, afterMs: now.value}]
			: [];
	});
	return grown(before.ms, after.ms, SLOWER)
		? [{check: after.id, what: 'the check itself', beforeMs: before.ms, afterMs: after.ms}, ...figures]
		: figures;
};

/** What the command line left out is not of the run. */
const asked = ({checks}: TargetRun): readonly CheckRun[] => checks.filter(check => !isLeftOut(check));

const comparedTargets = (run: Run, before: TargetRun, after: TargetRun): Compared => {
	const [old, now] = [before, after].map(target => new Map(asked(target).map(check => [check.id, check]))) as [
		Map<string, CheckRun>,
		Map<string, CheckRun>,
	];
	const both = [...now.keys()].filter(id => old.has(id));
	const shared = (target: TargetRun, key: string): TargetRun => ({
		...target,
		key,
		checks: target.checks.filter(({id}) => both.includes(id)),
	});
	const differences = differencesOf({...run, targets: [shared(before, 'before'), shared(after, 'after')]});
	const uneven = both.flatMap((id): Change[] => {
		const [was, is] = [old.get(id)!, now.get(id)!];
		const cut = [was, is].find(isCut);
		return cut ? [{check: id, before: outcomeOf(was), after: outcomeOf(is), kind: 'unseen', why: oneLine(cut.skip?.detail ?? '')}] : [];
	});
	const seen = differences.map((difference): Change => {
		const [was = '', is = ''] = difference.outcomes.map(({outcome}) => outcome);
		const kind = kindOf(difference, was, is);
		return {check: difference.check, before: was, after: is, kind, why: difference.why.replace(/^(?:iptables|ipvs|nftables): /, '')};
	});
	return {
		before: before.key,
		after: after.key,
		same: both.length - seen.length - uneven.length,
		changes: [...seen, ...uneven],
		slower: both.flatMap(id => slowerOf(old.get(id)!, now.get(id)!)),
		onlyBefore: [...old.keys()].filter(id => !now.has(id)),
		onlyAfter: [...now.keys()].filter(id => !old.has(id)),
	};
};

/** The target that one of the other run is held against: the same, or that of its mode and family, or the only one. */
const partner = (target: TargetRun, others: readonly TargetRun[], alone: boolean): TargetRun | undefined =>
	others.find(({key}) => key === target.key) ??
	others.find(({spec}) => spec.mode === target.spec.mode && spec.family === target.spec.family) ??
	(alone && others.length === 1 ? others[0] : undefined);

/** Two runs, target by target: before and after an upgrade, or in one mode and in another. Targets that have no partner are left out. */
export const compareRuns = (before: Run, after: Run): readonly Compared[] =>
	after.targets.flatMap(target => {
		const other = partner(target, before.targets, after.targets.length === 1);
		return other ? [comparedTargets(after, other, target)] : [];
	});

/** One line about all that is compared: what a reader must know first. */
export const comparedLine = ({changes, slower, same}: Compared): string => {
	const of = (kind: Change['kind']): number => changes.filter(change => change.kind === kind).length;
	return oneLine(
		[
			`${of('worse')} worse`,
			`${of('better')} better`,
			`${slower.length} slower`,
			`${of('by design')} different by design`,
			`${of('unseen')} not comparable`,
			`${same} the same`,
		].join(', '),
	);
};
