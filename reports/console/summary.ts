import {join} from 'node:path';
import type {Run} from '../../lib/record/run.ts';
import {isCut} from '../../lib/record/unfinished.ts';
import {closingLine} from '../../lib/record/fold.ts';
import {namingLine} from '../../lib/record/naming-line.ts';
import {oneLine} from '../text/clean.ts';
import {duration} from '../text/duration.ts';
import {cutShort, SYMBOL} from '../text/outcome.ts';
import {differencesOf} from '../text/differences.ts';
import {killsOf, killsText} from '../text/kills.ts';
import {column} from '../text/problem.ts';
import type {Paint} from './lines.ts';

const SLOWEST = 3;

/**
 * The end of a run: what has no result and why, the slowest checks, where the reports are, and the closing line as the very last.
 * `finished` tells the checks that were shown already.
 */
export const summaryLines = (run: Run, finished: (target: string, check: string) => boolean, paint: Paint, dir: string): string[] => {
	const checks = run.targets.flatMap(target => target.checks.map(check => ({...check, target: target.key})));
	const unfinished = Map.groupBy(
		checks.filter(check => check.outcome === 'broken' && !finished(check.target, check.id)),
		check => `${check.target}  ${oneLine(check.problem?.summary ?? '')}`,
	);
	const slowest = checks
		.filter(check => check.ms > 0 && !isCut(check))
		.sort((a, b) => b.ms - a.ms)
		.slice(0, SLOWEST);
	const failed = checks.filter(check => check.outcome === 'failed');
	const naming = namingLine(run);
	const one = run.targets.length === 1;
	const name = (check: {id: string; target: string}): string => (one ? check.id : `${check.id} on ${check.target}`);
	return [
		...[...unfinished].map(
			([why, group]) => `${paint('magenta', SYMBOL.broken)} ${group.length === 1 ? group[0]!.id : `${group.length} checks`}  ${why}`,
		),
		...run.targets.flatMap(target =>
			cutShort(target.checks.filter(check => !finished(target.key, check.id))).map(
				([what, why]) => `${paint('gray', SYMBOL.skipped)} ${what}  ${target.key}  ${why}`,
			),
		),
		...killsOf(run).map(killsText),
		...differencesOf(run)
			.filter(({kind}) => kind !== 'by design')
			.map(
				({check, kind, outcomes}) =>
					`${kind === 'defect' ? 'differs' : 'not comparable'}: ${check}  ` +
					`${outcomes.map(({target, outcome}) => `${target} ${outcome}`).join(', ')}`,
			),
		'',
		...column(
			[
				[
					'time',
					duration(run.endedAt - run.startedAt) +
						(run.status === 'interrupted' ? `, interrupted${run.signal === undefined ? '' : ` by ${run.signal}`}` : ''),
				],
				...(slowest.length > 0
					? [['slowest', slowest.map(check => `${name(check)} ${duration(check.ms)}`).join(', ')] as const]
					: []),
				...(failed.length > 0 ? [['failed', failed.map(name).join('\n')] as const] : []),
				...run.targets.flatMap(target => (target.kept === undefined ? [] : [['kept', oneLine(target.kept)] as const])),
				['report', join(dir, 'index.html')],
			],
			label => paint('dim', label),
		),
		...(naming === undefined ? [] : [naming]),
		closingLine(run),
	];
};
