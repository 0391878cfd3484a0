import type {Grid} from '../../lib/events.ts';
import type {Html} from './markup.ts';
import {h} from './markup.ts';

const CLASS = {'.': 'as-expected', X: 'not', '?': 'unseen', ' ': 'empty'} as const;
const SPOKEN = {'.': 'as expected', X: 'not as expected', '?': 'not observed', ' ': 'not applicable'} as const;

/** A matrix of verdicts: the mark, then what was seen. */
export const gridTable = ({title, columns, rows}: Grid): Html => h`<div class="scroll"><table class="grid">
<caption>${title}</caption>
<thead><tr><td></td>${columns.map(column => h`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(row => h`<tr><th scope="row">${row.name}</th>${row.cells.map(({mark, text}) => h`<td class="${CLASS[mark]}"><b aria-label="${SPOKEN[mark]}">${mark}</b> ${text}</td>`)}</tr>`)}</tbody>
</table></div>`;
