import {create} from 'xmlbuilder2';
import type {Outcome} from '../lib/record/events.ts';
import type {CheckRun, Run, TargetRun} from '../lib/record/run.ts';
import {clean as text, oneLine} from './text/clean.ts';
import {defectText} from './text/defect.ts';
import {figure} from './text/duration.ts';
import {gridText} from './text/grid.ts';
import {column, problemRows} from './text/problem.ts';
import {NOTHING_SEEN} from '../lib/record/fold-check.ts';
import type {Report} from './report.ts';

/**
 * JUnit as Jenkins' schema (junit-10.xsd) wants it, which is the strictest reader: a testcase has name, time and
 * classname only; times are plain decimals; testsuites has no `skipped`, and so no `tests` either, as readers who
 * subtract the one from the other would take what was skipped for passed; without both they add up the suites. The
 * rest is for GitLab, which keeps one of two cases with the same name: names are unique in the file; and which shows
 * an element's text and not its message: the text says all. Who was tried: docs/junit.md.
 */
const junit = {
	name: 'junit',
	file: 'junit.xml',
	render: run => create({encoding: 'UTF-8', invalidCharReplacement: '\uFFFD'}, document(run)).end({prettyPrint: true}),
} satisfies Report;
export default junit;

type Element = {[name: string]: string | Element | Element[]};

const document = (run: Run): Element => {
	const nameOf = uniqueNames();
	const suites = run.targets.flatMap(target =>
		[...Map.groupBy(casesOf(target), check => check.suite)].map(([suite, checks]) => ({target, suite, checks})),
	);
	return {
		testsuites: {
			'@name': 'vipcheck',
			...reds(suites.flatMap(({checks}) => checks)),
			'@time': seconds(run.endedAt - run.startedAt),
			testsuite: suites.map(({target, suite, checks}) => ({
				'@name': oneLine(`${target.key}/${suite}`),
				'@tests': `${checks.length}`,
				...reds(checks),
				'@skipped': `${checks.filter(check => standing(check.outcome) === 'skipped').length}`,
				'@time': seconds(checks.reduce((sum, check) => sum + check.ms, 0)),
				'@timestamp': new Date(Math.min(...checks.map(check => check.startedAt ?? Infinity), run.endedAt)).toISOString(),
				properties: {
					property: properties(run, target).map(([name, value]) => ({'@name': oneLine(name), '@value': oneLine(value)})),
				},
				testcase: checks.map(check => testcase(target, check, nameOf(target, check))),
			})),
		},
	};
};

/** The checks; a target that was lost with no check to show for it gets a case of its own, or the file would look green. */
const casesOf = (target: TargetRun): readonly CheckRun[] => {
	if (!target.problem || target.checks.some(check => check.outcome === 'broken')) return target.checks;
	return [
		...target.checks,
		{
			id: 'cluster/create',
			suite: 'cluster',
			title: 'The cluster is there',
			refs: [],
			budgetMs: 0,
			outcome: 'broken',
			ms: 0,
			...NOTHING_SEEN,
			problem: target.problem,
		},
	];
};

const standing = (outcome: Outcome): 'passed' | 'failure' | 'error' | 'skipped' =>
	(({passed: 'passed', failed: 'failure', broken: 'error', known: 'skipped', skipped: 'skipped'}) as const)[outcome];

const reds = (checks: readonly CheckRun[]): Element => ({
	'@failures': `${checks.filter(check => check.outcome === 'failed').length}`,
	'@errors': `${checks.filter(check => check.outcome === 'broken').length}`,
});

/** Without the version, so that a test keeps its history over an upgrade; with the whole target where that is not unique. */
const uniqueNames = () => {
	const taken = new Set<string>();
	return ({key, spec}: TargetRun, {id}: CheckRun): string => {
		const short = `${id} (${spec.mode} ${spec.family})`;
		const name = taken.has(short) ? `${id} (${key})` : short;
		taken.add(name);
		return name;
	};
};

const testcase = (target: TargetRun, check: CheckRun, name: string): Element => ({
	'@name': oneLine(name),
	'@classname': oneLine(`${target.spec.mode}.${target.spec.family}.${check.suite}`),
	'@time': seconds(check.ms),
	...verdict(check),
	'system-out': log(check),
});

const verdict = (check: CheckRun): Element => {
	const {outcome, problem, skip} = check;
	if (outcome === 'passed') return {};
	if (outcome === 'skipped') {
		const why = `${skip?.kind}: ${skip?.detail}`;
		return {skipped: {'@message': oneLine(why), '#': text(why)}};
	}
	const body = problem ? [problem.summary, ...column(problemRows(problem, []))].join('\n') : 'no reason was given';
	if (outcome === 'known') {
		const why = defectText(check) ?? oneLine(`known upstream defect: ${problem?.summary ?? ''}`);
		return {skipped: {'@message': why, '#': text(`${why}\n${body}`)}};
	}
	const about = {
		'@type': oneLine(problem?.layer?.name ?? (outcome === 'failed' ? 'contract' : 'not observed')),
		'@message': oneLine(problem?.summary ?? body),
		'#': text(body),
	};
	return outcome === 'failed' ? {failure: about} : {error: about};
};

const log = (check: CheckRun): string =>
	[
		check.title,
		...check.refs.map(ref => `see ${ref}`),
		...check.steps.map(step => `${seconds(step.atMs)} s  ${step.text}`),
		...check.numbers.map(({name, value, unit}) => `${name}: ${figure(value)} ${unit}`.trimEnd()),
		...check.grids.map(gridText),
	]
		.map(withoutRequests)
		.concat(check.evidence.map(({path}) => `[[ATTACHMENT|${oneLine(path)}]]`))
		.join('\n');

/**
 * Only our own lines may ask readers for something ([[ATTACHMENT|path]], [[PROPERTY|name=value]]): in text from a cluster it is made
 * harmless, after what could hide it is gone.
 */
const withoutRequests = (line: string): string => text(line).replaceAll(/\[\[(?=\/?[A-Z]+[|\]])/g, '[');

const properties = (run: Run, {key, spec, facts, reason, kept}: TargetRun): readonly (readonly [string, string])[] => [
	['run', run.id],
	['command', run.command.join(' ')],
	['vipcheck', run.vipcheck],
	['target', key],
	['provider', reason || spec.provider],
	['kubernetes', facts?.kubernetes ?? `${spec.version} (asked for)`],
	['proxy mode', facts?.mode ?? `${spec.mode} (asked for)`],
	...(facts?.nodes ?? []).map(node => [`node ${node.name}`, `${node.role}, kernel ${node.kernel}, ${node.runtime}`] as const),
	...Object.entries(facts?.parts ?? {}),
	...(kept === undefined ? [] : [['kept', kept] as const]),
];

const seconds = (ms: number): string => (Math.max(0, ms) / 1_000).toFixed(3);
