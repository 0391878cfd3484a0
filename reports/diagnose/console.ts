import type {Diagnosis, RankedFinding} from '../../lib/diagnose/judge.ts';
import {clean, oneLine} from '../text/clean.ts';
import {findingsText, notKnown, rightsMissing, rulesText} from './counts.ts';

const MARKS = {error: '✗', warning: '!', info: '·'} as const;
const LABEL_WIDTH = 10;

const row = (label: string, text: string): string[] =>
	clean(text)
		.split('\n')
		.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);

/** A finding as lines: what, the evidence as it was seen, what to do, how to see it by hand. */
export const findingLines = ({severity, confidence, about, summary, evidence, fix, verify = [], rule}: RankedFinding): string[] => [
	`${MARKS[severity]} ${oneLine(about)}: ${oneLine(summary)}`,
	...evidence.flatMap(({from, text}) => row('seen', `${oneLine(from)}: ${text}`)),
	...row('fix', fix),
	...(verify.length > 0 ? row('verify', verify.join('\n')) : []),
	...row('rule', `${rule} (${severity}${confidence === 'certain' ? '' : `, ${confidence}`})`),
];

/** What the terminal shows of a diagnosis: findings, the worst first, then what could not be looked at, then one closing line. */
export const diagnosisText = (diagnosis: Diagnosis): string => {
	const unknown = notKnown(diagnosis);
	const rights = rightsMissing(diagnosis);
	return [
		...diagnosis.findings.flatMap(finding => [...findingLines(finding), '']),
		...(unknown.length > 0 ? ['not known:', ...unknown.map(({id, why}) => `  ${id}: ${oneLine(why)}`)] : []),
		...(rights.length > 0 ? [`  rights that would tell more: ${rights.join(', ')}`] : []),
		...(unknown.length > 0 ? [''] : []),
		`${findingsText(diagnosis)}; ${rulesText(diagnosis)}`,
		`${oneLine(diagnosis.server)}, as it was at ${diagnosis.takenAt}; nothing was changed`,
	].join('\n');
};
