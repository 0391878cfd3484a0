import type {Outcome} from './events.ts';
import type {Run, TargetRun} from './run.ts';
import {isCut} from './unfinished.ts';

/**
 * The line before the closing line: names each broken and each known check, and listed defects that did not occur, and says how far an
 * interrupted run came; undefined where there is nothing of this.
 */
export const namingLine = (run: Run): string | undefined => {
	const parts = (['broken', 'known'] as const).flatMap(outcome => {
		const names = run.targets.flatMap(target => {
			const found = namesOf(target, outcome);
			return found.length === 0 ? [] : [run.targets.length === 1 ? found.join(', ') : `${found.join(', ')} on ${target.key}`];
		});
		return names.length === 0 ? [] : [`${outcome} (counted as ${outcome === 'broken' ? 'failed' : 'skipped'}): ${names.join('; ')}`];
	});
	const stale = run.targets.flatMap(({checks}) =>
		checks.flatMap(({id, outcome, defect}) => (outcome === 'passed' && defect ? [`${id} passed in spite of ${defect.id}`] : [])),
	);
	if (stale.length > 0) parts.push(`out of date in the list of known defects: ${[...new Set(stale)].join('; ')}`);
	const interrupted = interruptedText(run);
	if (interrupted !== undefined) parts.push(interrupted);
	return parts.length === 0 ? undefined : parts.join('. ');
};

const interruptedText = ({counts, targets}: Run): string | undefined => {
	const cut = targets.flatMap(({checks}) => checks.filter(isCut));
	if (cut.length === 0) return undefined;
	const stopped = cut.filter(({skip}) => skip?.kind === 'stopped').length;
	const results = (['passed', 'failed', 'broken', 'known'] as const).flatMap(outcome =>
		counts[outcome] > 0 || outcome === 'passed' ? [`${counts[outcome]} ${outcome}`] : [],
	);
	const without = [
		...(stopped > 0 ? [`${stopped} stopped while running`] : []),
		...(cut.length > stopped ? [`${cut.length - stopped} not run`] : []),
	];
	return `interrupted: ${[...results, ...without].join(', ')} (${without.length > 1 ? 'both ' : ''}counted as skipped)`;
};

/** Names checks; a suite whose checks all went the same way is named once, so that the line stays readable after an interruption. */
const namesOf = (target: TargetRun, outcome: Outcome): string[] => {
	const ran = target.checks.filter(check => check.outcome !== 'skipped');
	if (ran.length > 2 && ran.every(check => check.outcome === outcome)) return [`all ${ran.length}`];
	return [...Map.groupBy(ran, check => check.suite)].flatMap(([suite, checks]) => {
		const matching = checks.filter(check => check.outcome === outcome);
		return matching.length > 2 && matching.length === checks.length
			? [`${suite}/* (${matching.length})`]
			: matching.map(check => check.id);
	});
};
