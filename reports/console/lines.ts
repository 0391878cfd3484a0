import {join} from 'node:path';
import type {styleText} from 'node:util';
import type {Event, Grid, Outcome, PlannedCheck} from '../../lib/record/events.ts';
import {clean, oneLine} from '../text/clean.ts';
import {defectText} from '../text/defect.ts';
import {duration} from '../text/duration.ts';
import {marksText} from '../text/grid.ts';
import {SYMBOL} from '../text/outcome.ts';
import {column, problemRows, shortened} from '../text/problem.ts';
import type {Live} from './live.ts';
import {isStopped, liveKey} from './live.ts';

type Format = Parameters<typeof styleText>[0];
/** Colours a text where the output shows colours. */
export type Paint = (format: Format, text: string) => string;

const COLOR: Readonly<Record<Outcome, Format>> = {passed: 'green', failed: 'red', broken: 'magenta', known: 'yellow', skipped: 'gray'};

/** Of a red on the console; the whole is in the reports. */
const MOST_LINES = 25;
/** Of a grid. */
const MOST_ROWS = 8;
/** Of the narrowest terminal that is still used. */
const WIDTH = 80;

/** What is printed for good about one event; `live` is as it was before the event. */
export const linesOf = (event: Event, live: Live, paint: Paint, dir: string): string[] => {
	const label = (text: string): string => paint('dim', text);
	const pathOf = (path: string): string => join(dir, path);
	switch (event.type) {
		case 'target-planned': {
			const skips = event.checks.filter(check => check.skip);
			return [
				'',
				`${paint('bold', event.target)}  ${event.checks.length - skips.length} ` +
					`checks${skips.length > 0 ? `, ${skips.length} skipped` : ''}`,
				...column([['provider', oneLine(event.reason)]], label),
				...skipLines(skips, paint),
			];
		}
		case 'step-finished': {
			const step = live.steps.get(liveKey(event.target, event.step));
			const name = oneLine(event.step);
			if (event.error === undefined)
				return [`${paint('dim', '•')} ${name}  ${paint('dim', `${event.target}  ${duration(event.ms)}`)}`];
			return [
				`${paint('red', SYMBOL.failed)} ${paint('bold', name)}  ${event.target}  ${duration(event.ms)}`,
				...column([['error', clean(event.error)], ...(step?.log === undefined ? [] : [['log', pathOf(step.log)] as const])], label),
			];
		}
		case 'cluster-ready':
			return column(
				[
					[
						'cluster',
						oneLine(
							`Kubernetes ${event.facts.kubernetes}, kube-proxy ${event.facts.mode}, ${event.facts.nodes.length} ` +
								`nodes, kernel ${[...new Set(event.facts.nodes.map(node => node.kernel))].join(' and ')}`,
						),
					],
				],
				label,
			);
		case 'target-failed':
			return [
				'',
				`${paint('red', SYMBOL.failed)} ${paint('bold', `no cluster: ${oneLine(event.problem.summary)}`)}  ${event.target}`,
				...column(problemRows(event.problem, []), label),
				'',
			];
		case 'check-finished': {
			const {check, target, outcome, ms, problem} = event;
			const head = (name: string): string =>
				`${paint(COLOR[outcome], SYMBOL[outcome])} ${name}  ${paint('dim', target)}  ${duration(ms)}`;
			if (isStopped(event, live)) return [paint('gray', `${SYMBOL.skipped} ${check}  ${target}  stopped while running`)];
			const defect = defectText(event);
			if (outcome === 'passed') return [defect === undefined ? head(check) : `${head(check)}  ${defect}`];
			if (outcome === 'known')
				return [`${head(check)}  known: ${oneLine(problem?.summary ?? '')}${defect === undefined ? '' : `; ${defect}`}`];
			const {evidence, grids} = live.running.get(liveKey(target, check)) ?? {evidence: [], grids: []};
			const first = [
				head(paint('bold', check)) +
					(outcome === 'broken' ? `  broken: ${oneLine(problem?.summary ?? 'no reason was given')}` : ''),
			];
			return [
				...first,
				...(problem ? column(shortened(problemRows(problem, evidence, pathOf), MOST_LINES - first.length), label) : []),
				...grids.flatMap(redRows),
			];
		}
		case 'runner-exited':
			return event.signal === undefined
				? []
				: [`${paint('magenta', SYMBOL.broken)} the test runner ended with signal ${event.signal}  ${event.target}`];
		case 'interrupted':
			return ['', paint('bold', `interrupted by ${event.signal}: taking down what was made`)];
		case 'run-started':
		case 'cluster-owned':
		case 'step-started':
		case 'step-progress':
		case 'check-started':
		case 'check-spent':
		case 'check-step':
		case 'check-number':
		case 'check-grid':
		case 'check-chart':
		case 'check-scene':
		case 'check-evidence':
		case 'target-finished':
		case 'run-finished':
			return [];
	}
};

/** A grid with something wrong in it: its rows where something is, cut at the width of a narrow terminal. */
const redRows = (grid: Grid): string[] => {
	const rows = grid.rows.filter(({cells}) => cells.some(({mark}) => mark === 'X' || mark === '?'));
	if (rows.length === 0) return [];
	const shown = rows.slice(0, MOST_ROWS);
	return [
		...marksText({...grid, rows: shown}).map(line => `  ${cut(line, WIDTH - 2)}`),
		...(rows.length > shown.length ? [`  … ${rows.length - shown.length} more rows in the report`] : []),
	];
};

const cut = (line: string, width: number): string => {
	const letters = [...line];
	return letters.length <= width ? line : `${letters.slice(0, width - 1).join('')}…`;
};

/** One line for each reason. */
const skipLines = (skips: readonly PlannedCheck[], paint: Paint): string[] =>
	[...Map.groupBy(skips, ({skip}) => `${skip?.kind.replace('-', ' ')}: ${oneLine(skip?.detail ?? '')}`)].map(([reason, checks]) =>
		paint('gray', `${SYMBOL.skipped} ${checks.length === 1 ? checks[0]!.id : `${checks.length} checks`}  ${reason}`),
	);
