import type {Grid} from '../../lib/record/events.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

const CLASS = {X: 'not', '?': 'unseen'} as const;

const cell = ({mark, text}: Grid['rows'][number]['cells'][number]): Html =>
	mark === 'X' || mark === '?' ? h`<td class="${CLASS[mark]}"><b>${mark}</b> ${text}</td>` : h`<td>${mark} ${text}</td>`;

/** A matrix of verdicts: the mark, then what was seen. */
export const gridTable = ({
	title,
	columns,
	rows,
}: Grid): Html => h`<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table class="grid">
<caption>${title}</caption>
<thead><tr><td></td>${columns.map(column => h`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(row => h`<tr><th scope="row">${row.name}</th>${row.cells.map(cell)}</tr>`)}</tbody>
</table></div>`;
