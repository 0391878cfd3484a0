import type {CheckRun, TargetRun} from '../../lib/record/run.ts';
import {defectText} from '../text/defect.ts';
import {duration, figure} from '../text/duration.ts';
import {isRed} from '../text/outcome.ts';
import {chainList} from './chain.ts';
import {chartOf} from './drawn/chart.ts';
import {clusterDrawing} from './drawn/cluster.ts';
import {gridTable} from './grid.ts';
import {anchor, refLink, sourceLink} from './links.ts';
import type {Html} from './markup.ts';
import {h, headRow, joined} from './markup.ts';
import {badge} from './outcome.ts';
import {evidenceList, problemTable} from './problem.ts';

type Place = Pick<TargetRun, 'key'> & {
	readonly facts: TargetRun['facts'] | undefined;
	readonly sources: string | undefined;
	/** Checks that came out otherwise on another target. */
	readonly differing: ReadonlySet<string>;
	/** How it went in the runs before. */
	trend(check: CheckRun): Html | undefined;
};

/** Where a red is, drawn: of checks that know nodes or ways. */
const drawing = ({facts}: Pick<Place, 'facts'>, {problem, scene}: CheckRun): Html | undefined => {
	const {nodes, ways, layer} = problem ?? {};
	return facts && ((nodes?.length ?? 0) > 0 || (ways?.length ?? 0) > 0)
		? clusterDrawing({facts, scene, ...(ways && {ways}), ...(nodes && {nodes}), layer})
		: undefined;
};

/** What a grid says that is drawn too is said once. */
const undrawn = ({grids, charts}: CheckRun): CheckRun['grids'] =>
	grids.filter(({title}) => charts.every(chart => chart.kind !== 'shares' || chart.title !== title));

const summary = ({outcome, title, id, ms}: CheckRun): Html =>
	h`<summary>${badge(outcome)}<span class="what"><span class="title">${title}</span> <code>${id}</code></span>
<span class="took">${ms > 0 ? duration(ms) : ''}</span></summary>`;

const figures = (numbers: CheckRun['numbers']): Html =>
	h`<h4>Figures</h4><dl class="numbers">${numbers.map(
		({name, value, unit}) => h`<div><dt>${name}</dt><dd>${figure(value)} ${unit}</dd></div>`,
	)}</dl>`;

const stepList = (steps: CheckRun['steps']): Html =>
	h`<h4>Steps</h4><ol class="steps">${steps.map(({text, atMs}) => h`<li><time>${duration(atMs)}</time> <span>${text}</span></li>`)}</ol>`;

/**
 * One check: its statement and outcome to see at once, the rest to open; a red is open. The place that links lead to is inside, so that
 * going there opens it.
 */
export const checkDetails = (
	place: Place,
	check: CheckRun,
): Html => h`<details class="check ${check.outcome}${place.differing.has(check.id) ? ' differs' : ''}"${isRed(check) ? h` open` : ''}>
${summary(check)}
<div class="body" id="${anchor(place.key, check)}">
${check.why !== undefined && h`<p class="why"><b>Why it matters:</b> ${check.why}</p>`}
${defectText(check) && h`<p>${defectText(check)}</p>`}
${check.problem ? problemTable(check.problem, check.evidence) : ''}
${drawing(place, check)}
${check.problem?.chain?.length ? chainList(check.problem.chain) : ''}
${check.charts.map(chartOf)}
${undrawn(check).map(gridTable)}
${check.numbers.length > 0 && figures(check.numbers)}
${check.steps.length > 0 && stepList(check.steps)}
${!check.problem && check.evidence.length > 0 ? h`<h4>Evidence</h4>${evidenceList(check.evidence)}` : ''}
${place.trend(check)}
<p class="refs muted">${sourceLink(place.sources, check.id)}${
	check.refs.length > 0 ? h` See ${joined(check.refs.map(refLink), ', ')}.` : ''
}${check.budgetMs > 0 ? ` Budget ${duration(check.budgetMs)}.` : ''}</p>
</div>
</details>`;

const unrunRow = ({key, differing}: Place, check: CheckRun): Html =>
	h`<tr class="${check.outcome}${differing.has(check.id) ? ' differs' : ''}" data-suite="${check.suite}" id="${anchor(key, check)}">
<th scope="row"><code>${check.id}</code><small>${check.title}</small></th>
<td>${check.skip?.kind.replace('-', ' ') ?? check.outcome}</td>
<td>${check.skip?.detail ?? check.problem?.summary}</td></tr>`;

/** Checks that did not run, with the reason of each. */
export const unrunTable = (
	place: Place,
	checks: readonly CheckRun[],
): Html => h`<div class="scroll" tabindex="0" role="group" aria-label="Checks that did not run"><table class="unrun">
${headRow(['Check', 'Kind', 'Reason'])}
<tbody>${checks.map(check => unrunRow(place, check))}</tbody>
</table></div>`;
