import type {CheckRun, Run} from '../lib/record/run.ts';
import {closingLine, count} from '../lib/record/fold.ts';
import {isDecided} from '../lib/claims/judged.ts';
import {claimsOf} from './text/claims.ts';
import {clean} from './text/clean.ts';
import {differencesOf} from './text/differences.ts';
import {duration} from './text/duration.ts';
import {escape} from './text/markdown.ts';
import {cutShort, isRed, isUnrun, OUTCOMES, SYMBOL} from './text/outcome.ts';
import {column, problemRows} from './text/problem.ts';
import {verdictOf} from './text/verdict.ts';
import type {Report} from './report.ts';

/** GitHub refuses a summary of more than 1 MiB: 50 reds of at most 8,000 characters stay far below. */
const MOST_REDS = 50;
const LONGEST_RED = 8_000;

/** A short page for `$GITHUB_STEP_SUMMARY` or a comment: the counts and the reds. */
const githubSummary = {name: 'github-summary', file: 'summary.md', render: run => `${sections(run).join('\n\n')}\n`} satisfies Report;
export default githubSummary;

const sections = (run: Run): string[] => {
	const {text, more, tone} = verdictOf(run);
	const reds = run.targets.flatMap(target =>
		target.checks.filter(check => isRed(check) && !isUnrun(check)).map(check => ({target: target.key, check})),
	);
	const unrun = run.targets.flatMap(target =>
		[...Map.groupBy(target.checks.filter(isUnrun), check => check.problem?.summary ?? '')].map(
			([why, checks]) => `- ${checks.length} on ${escape(target.key)}: ${escape(why)}`,
		),
	);
	const cut = run.targets.flatMap(target =>
		cutShort(target.checks).map(([what, why]) => `- ${escape(what)} on ${escape(target.key)}: ${escape(why)}`),
	);
	return [
		`## ${SYMBOL[({good: 'passed', bad: 'failed', open: 'broken'} as const)[tone]]} ${escape(text)}`,
		...(more === '' ? [] : [escape(more)]),
		table(run),
		...reds.slice(0, MOST_REDS).map(({target, check}) => red(target, check)),
		...(reds.length > MOST_REDS ? [`${reds.length - MOST_REDS} more reds are in index.html.`] : []),
		...(unrun.length + cut.length > 0 ? ['### Not run', [...unrun, ...cut].join('\n')] : []),
		...differing(run),
		...said(run),
		`${closingLine(run)} in ${duration(run.endedAt - run.startedAt)} (broken counts as failed, known as skipped).`,
	];
};

/** Where the targets of the run do not agree: by design or not. */
const differing = (run: Run): readonly string[] => {
	const all = differencesOf(run);
	if (all.length === 0) return [];
	const rows = all
		.slice(0, MOST_REDS)
		.map(
			({check, kind, outcomes}) =>
				`| ${escape(check)} | ${kind} | ${escape(outcomes.map(({target, outcome}) => `${target} ${outcome}`).join(', '))} |`,
		);
	return [
		'### Where targets differ',
		['| Check | Difference | Outcomes |', '| --- | --- | --- |', ...rows].join('\n'),
		...(all.length > MOST_REDS ? [`${all.length - MOST_REDS} more are in index.html.`] : []),
	];
};

/** How many of the statements that notes repeat this run has settled. */
const said = (run: Run): readonly string[] => {
	const decided = claimsOf(run).filter(isDecided);
	if (decided.length === 0) return [];
	const of = (verdict: string): number => decided.filter(claim => claim.verdict === verdict).length;
	const [holds, wrong] = [of('holds'), of('does not hold')];
	return [
		`Said and measured: of ${decided.length} statements about Services that this run has settled ${holds} hold, ${wrong} do not` +
			`${decided.length > holds + wrong ? `, ${decided.length - holds - wrong} depend on the mode` : ''}; they are in ` +
			'index.html and claims.json.',
	];
};

const table = (run: Run): string =>
	[
		['Target', ...OUTCOMES],
		['---', ...OUTCOMES.map(() => '---:')],
		...run.targets.map(target => {
			const counts = count(target.checks);
			return [escape(target.key), ...OUTCOMES.map(outcome => `${counts[outcome]}`)];
		}),
	]
		.map(cells => `| ${cells.join(' | ')} |`)
		.join('\n');

const red = (target: string, {id, title, outcome, ms, problem, evidence}: CheckRun): string => {
	const body = (problem ? column(problemRows(problem, evidence)) : ['  no reason was given']).join('\n');
	return [
		`### ${SYMBOL[outcome]} ${escape(id)}: ${escape(title)}`,
		`${outcome} on ${escape(target)} after ${duration(ms)}: ${escape(problem?.summary ?? '')}`,
		fenced(body.length > LONGEST_RED ? `${body.slice(0, LONGEST_RED)}\n… cut; the rest is in index.html` : body),
	].join('\n\n');
};

/** A code block whose fence is longer than any in the text. */
const fenced = (text: string): string => {
	const body = clean(text);
	const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([ticks]) => ticks.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}text\n${body}\n${fence}`;
};
