import {join} from 'node:path';
import type {styleText} from 'node:util';
import type {Event, Outcome, PlannedCheck} from '../../lib/events.ts';
import {clean, oneLine} from '../text/clean.ts';
import {duration} from '../text/duration.ts';
import {SYMBOL} from '../text/outcome.ts';
import {column, problemRows} from '../text/problem.ts';
import type {Live} from './live.ts';
import {liveKey} from './live.ts';

type Format = Parameters<typeof styleText>[0];
/** Colours a text where the output shows colours. */
export type Paint = (format: Format, text: string) => string;

const COLOR: Readonly<Record<Outcome, Format>> = {passed: 'green', failed: 'red', broken: 'magenta', known: 'yellow', skipped: 'gray'};

/** What is printed for good about one event; `live` is as it was before the event. */
export const linesOf = (event: Event, live: Live, paint: Paint, dir: string): string[] => {
	const label = (text: string): string => paint('dim', text);
	const pathOf = (path: string): string => join(dir, path);
	switch (event.type) {
		case 'target-planned': {
			const skips = event.checks.filter(check => check.skip);
			return ['', `${paint('bold', event.target)}  ${event.checks.length - skips.length} checks${skips.length > 0 ? `, ${skips.length} skipped` : ''}`, ...column([['provider', oneLine(event.reason)]], label), ...skipLines(skips, paint)];
		}
		case 'step-finished': {
			const step = live.steps.get(liveKey(event.target, event.step));
			const name = oneLine(event.step);
			if (event.error === undefined) return [`${paint('dim', '•')} ${name}  ${paint('dim', `${event.target}  ${duration(event.ms)}`)}`];
			return [`${paint('red', SYMBOL.failed)} ${paint('bold', name)}  ${event.target}  ${duration(event.ms)}`, ...column([['error', clean(event.error)], ...(step?.log === undefined ? [] : [['log', pathOf(step.log)] as const])], label)];
		}
		case 'cluster-ready':
			return column([['cluster', oneLine(`Kubernetes ${event.facts.kubernetes}, kube-proxy ${event.facts.mode}, ${event.facts.nodes.length} nodes, kernel ${[...new Set(event.facts.nodes.map(node => node.kernel))].join(' and ')}`)]], label);
		case 'target-failed':
			return ['', `${paint('red', SYMBOL.failed)} ${paint('bold', `no cluster: ${oneLine(event.problem.summary)}`)}  ${event.target}`, ...column(problemRows(event.problem, []), label), ''];
		case 'check-finished': {
			const {check, target, outcome, ms, problem} = event;
			const head = (name: string): string => `${paint(COLOR[outcome], SYMBOL[outcome])} ${name}  ${paint('dim', target)}  ${duration(ms)}`;
			if (outcome === 'passed') return [head(check)];
			if (outcome === 'known') return [`${head(check)}  known: ${oneLine(problem?.summary ?? '')}`];
			const evidence = live.running.get(liveKey(target, check))?.evidence ?? [];
			return [`${head(paint('bold', check))}${outcome === 'broken' ? `  broken: ${oneLine(problem?.summary ?? 'no reason was given')}` : ''}`, ...(problem ? column(problemRows(problem, evidence, pathOf), label) : [])];
		}
		case 'runner-exited':
			return event.signal === undefined ? [] : [`${paint('magenta', SYMBOL.broken)} the test runner ended with signal ${event.signal}  ${event.target}`];
		case 'interrupted':
			return ['', paint('bold', `interrupted by ${event.signal}: taking down what was made`)];
		case 'run-started':
		case 'step-started':
		case 'step-progress':
		case 'check-started':
		case 'check-step':
		case 'check-number':
		case 'check-grid':
		case 'check-evidence':
		case 'target-finished':
		case 'run-finished':
			return [];
	}
};

/** One line each with its reason; what the command line left out is one line for each reason. */
const skipLines = (skips: readonly PlannedCheck[], paint: Paint): string[] => {
	const line = (name: string, kind: string, detail: string): string => paint('gray', `${SYMBOL.skipped} ${name}  ${kind}: ${oneLine(detail)}`);
	const filtered = Map.groupBy(skips.filter(({skip}) => skip?.kind === 'filtered'), ({skip}) => skip?.detail ?? '');
	return [
		...skips.flatMap(({id, skip}) => skip && skip.kind !== 'filtered' ? [line(id, skip.kind.replace('-', ' '), skip.detail)] : []),
		...[...filtered].map(([detail, checks]) => line(checks.length === 1 ? checks[0]!.id : `${checks.length} checks`, 'filtered', detail)),
	];
};
