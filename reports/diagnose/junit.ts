import {create} from 'xmlbuilder2';
import type {Diagnosis, RankedFinding, RuleOutcome} from '../../lib/diagnose/judge.ts';
import {clean, oneLine} from '../text/clean.ts';
import {findingLines} from './console.ts';

type Element = {[name: string]: string | Element | Element[]};

const verdict = (rule: RuleOutcome, findings: readonly RankedFinding[]): Element => {
	const [first] = findings;
	if (rule.outcome === 'violated' && first)
		return {
			failure: {
				'@type': first.severity,
				'@message': oneLine(`${first.summary}${findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''}`),
				'#': clean(findings.map(one => findingLines(one).join('\n')).join('\n\n')),
			},
		};
	if (rule.outcome === 'unknown' && !rule.optional)
		return {error: {'@type': 'unknown', '@message': oneLine(rule.why), '#': clean(rule.why)}};
	if (rule.outcome === 'unknown' || rule.outcome === 'not-applicable')
		return {skipped: {'@message': oneLine(`${rule.outcome}: ${rule.why}`), '#': clean(`${rule.outcome}: ${rule.why}`)}};
	return {};
};

/**
 * A case for each rule: a failure where it found something at or above the severity, an error where it could not look, skipped where it
 * does not apply.
 */
export const diagnosisJunit = (diagnosis: Diagnosis): string => {
	const cases = diagnosis.rules.map(rule => ({
		rule,
		verdict: verdict(
			rule,
			diagnosis.findings.filter(one => one.rule === rule.id),
		),
	}));
	const count = (name: string): string => `${cases.filter(one => name in one.verdict).length}`;
	const reds = {'@failures': count('failure'), '@errors': count('error')};
	return create({encoding: 'UTF-8', invalidCharReplacement: '\uFFFD'}, {
		testsuites: {
			'@name': 'vipcheck diagnose',
			...reds,
			testsuite: [
				{
					'@name': 'diagnose',
					'@tests': `${cases.length}`,
					...reds,
					'@skipped': count('skipped'),
					'@time': '0',
					'@timestamp': diagnosis.takenAt,
					testcase: cases.map(({rule, verdict: more}) => ({
						'@name': oneLine(`${rule.id}: ${rule.title}`),
						'@classname': 'diagnose',
						'@time': '0',
						...more,
					})),
				},
			],
		},
	} as Element).end({prettyPrint: true});
};
