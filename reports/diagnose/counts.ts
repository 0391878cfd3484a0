import type {Diagnosis, RuleOutcome} from '../../lib/diagnose/judge.ts';

type Unknown = Extract<RuleOutcome, {outcome: 'unknown'}>;

const isUnknown = (rule: RuleOutcome): rule is Unknown => rule.outcome === 'unknown';

/** Rules that should have been judged and could not; those that need node evidence which nobody asked for are others. */
export const notKnown = ({rules}: Diagnosis): readonly Unknown[] => rules.filter(isUnknown).filter(({optional}) => !optional);
export const notLookedAt = ({rules}: Diagnosis): readonly Unknown[] => rules.filter(isUnknown).filter(({optional}) => optional);

/** Rights that would make more known, each once. */
export const rightsMissing = (diagnosis: Diagnosis): readonly string[] =>
	[...new Set(notKnown(diagnosis).flatMap(({rights}) => rights))].sort();

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** `2 errors, 1 warning`; `nothing found`. */
export const findingsText = ({findings}: Diagnosis): string => {
	const counts = (['error', 'warning', 'info'] as const).map(severity => ({
		severity,
		count: findings.filter(one => one.severity === severity).length,
	}));
	return (
		counts
			.filter(({count}) => count > 0)
			.map(({severity, count}) => (severity === 'info' ? `${count} info` : plural(count, severity)))
			.join(', ') || 'nothing found'
	);
};

/** `41 rules hold, 3 do not, 6 do not apply, 18 need a look at the nodes, 2 are not known`. */
export const rulesText = (diagnosis: Diagnosis): string => {
	const of = (outcome: RuleOutcome['outcome']): number => diagnosis.rules.filter(rule => rule.outcome === outcome).length;
	const [optional, unknown] = [notLookedAt(diagnosis).length, notKnown(diagnosis).length];
	const shown = new Set(diagnosis.findings.map(({rule}) => rule));
	const silent = diagnosis.rules.filter(({id, outcome}) => outcome === 'violated' && !shown.has(id)).length;
	return [
		`${plural(of('ok'), 'rule')} hold`,
		`${of('violated')} do not${silent > 0 ? ` (${silent} of them as a consequence, or of less severity than is shown)` : ''}`,
		`${of('not-applicable')} do not apply`,
		...(optional > 0 ? [`${optional} need a look at the nodes (--nodes or --evidence)`] : []),
		...(unknown > 0 ? [`${unknown} are not known`] : []),
	].join(', ');
};
