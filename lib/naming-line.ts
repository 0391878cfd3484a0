import type {Outcome, Run, TargetRun} from './events.ts';

/** The line before the closing line: names each broken and each known check; undefined where there are none. */
export const namingLine = (run: Run): string | undefined => {
	const parts = (['broken', 'known'] as const).flatMap(outcome => {
		const names = run.targets.flatMap(target => {
			const found = namesOf(target, outcome);
			return found.length === 0 ? [] : [run.targets.length === 1 ? found.join(', ') : `${found.join(', ')} on ${target.key}`];
		});
		return names.length === 0 ? [] : [`${outcome} (counted as ${outcome === 'broken' ? 'failed' : 'skipped'}): ${names.join('; ')}`];
	});
	return parts.length === 0 ? undefined : parts.join('. ');
};

/** Names checks; a suite whose checks all went the same way is named once, so that the line stays readable after an interruption. */
const namesOf = (target: TargetRun, outcome: Outcome): string[] => {
	const ran = target.checks.filter(check => check.outcome !== 'skipped');
	if (ran.length > 2 && ran.every(check => check.outcome === outcome)) return [`all ${ran.length}`];
	return [...Map.groupBy(ran, check => check.suite)].flatMap(([suite, checks]) => {
		const matching = checks.filter(check => check.outcome === outcome);
		return matching.length > 2 && matching.length === checks.length ? [`${suite}/* (${matching.length})`] : matching.map(check => check.id);
	});
};
