import type {CheckRun} from '../../lib/events.ts';
import {duration, figure} from '../text/duration.ts';
import {isRed} from '../text/outcome.ts';
import {gridTable} from './grid.ts';
import {anchor, refLink} from './links.ts';
import type {Html} from './markup.ts';
import {h, joined} from './markup.ts';
import {badge} from './outcome.ts';
import {evidenceList, problemTable} from './problem.ts';

/** One check: its statement and outcome to see at once, the rest to open; a red is open. */
export const checkDetails = (target: string, check: CheckRun): Html => h`<details id="${anchor(target, check)}" class="check ${check.outcome}"${isRed(check) ? h` open` : ''}>
<summary>${badge(check.outcome)}<span class="what"><span class="title">${check.title}</span> <code>${check.id}</code></span><span class="took">${check.ms > 0 ? duration(check.ms) : ''}</span></summary>
<div class="body">
${check.problem ? problemTable(check.problem, check.evidence) : ''}
${check.grids.map(gridTable)}
${check.numbers.length > 0 && h`<h4>Figures</h4><dl class="numbers">${check.numbers.map(({name, value, unit}) => h`<div><dt>${name}</dt><dd>${figure(value)} ${unit}</dd></div>`)}</dl>`}
${check.steps.length > 0 && h`<h4>Steps</h4><ol class="steps">${check.steps.map(({text, atMs}) => h`<li><time>${duration(atMs)}</time> <span>${text}</span></li>`)}</ol>`}
${!check.problem && check.evidence.length > 0 ? h`<h4>Evidence</h4>${evidenceList(check.evidence)}` : ''}
<p class="refs muted">${check.refs.length > 0 ? h`See ${joined(check.refs.map(refLink), ', ')}. ` : ''}${check.budgetMs > 0 ? `Budget ${duration(check.budgetMs)}.` : ''}</p>
</div>
</details>`;

/** Checks that did not run, with the reason of each. */
export const unrunTable = (target: string, checks: readonly CheckRun[]): Html => h`<div class="scroll"><table class="unrun">
<thead><tr><th scope="col">Check</th><th scope="col">Kind</th><th scope="col">Reason</th></tr></thead>
<tbody>${checks.map(check => h`<tr id="${anchor(target, check)}"><th scope="row"><code>${check.id}</code><small>${check.title}</small></th><td>${check.skip?.kind.replace('-', ' ') ?? check.outcome}</td><td>${check.skip?.detail ?? check.problem?.summary}</td></tr>`)}</tbody>
</table></div>`;
