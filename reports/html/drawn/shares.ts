import type {Shares} from '../../../lib/record/drawn.ts';
import type {Html} from '../markup.ts';
import {h, headRow} from '../markup.ts';

/** Rows beyond these are in run.json; those that fail come first. */
const MOST_ROWS = 24;

type Row = Shares['rows'][number];

const isOut = ({from, to, ok}: Row, value: number): boolean => !ok && (value < from || value > to);

/** A bar for each backend, one below the other, over the band that all must end in. */
const bars = (row: Row, names: readonly string[]): Html => {
	const scale = 1.05 * Math.max(1, row.to, ...row.bars.map(({value}) => value));
	const x = (n: number): number => Math.round((200 * n) / scale);
	const values = new Map(row.bars.map(({name, value}) => [name, value]));
	const path = (wanted: boolean): string =>
		names
			.flatMap((name, n) => {
				const value = values.get(name);
				return value === undefined || isOut(row, value) !== wanted ? [] : [`M0 ${5 * n + 1}h${x(value)}v3H0z`];
			})
			.join('');
	const height = 5 * names.length;
	const [left, right] = [x(row.from), Math.max(x(row.to), x(row.from) + 1)];
	return h`<svg viewBox="0 0 200 ${height}" aria-hidden="true"><path class="band" d="M${left} 0H${right}V${height}H${left}z"/>
<path class="on" d="${path(false)}"/>${path(true) === '' ? '' : h`<path class="off" d="${path(true)}"/>`}</svg>`;
};

const lineOf = (row: Row, names: readonly string[]): Html => {
	const values = names.map(name => h`<td>${row.bars.find(one => one.name === name)?.value ?? ''}</td>`);
	return h`<tr${row.ok ? '' : h` class="off"`}><th scope="row">${row.name}</th><td>${bars(row, names)}</td>${values}
<td>${row.from === row.to ? row.from : `${row.from} to ${row.to}`}</td>
<td>${row.ok ? '✓' : '✗'} ${row.verdict}</td></tr>`;
};

/** A bar per backend with the band that is expected: a table, so that it also reads without the drawing. */
export const sharesTable = ({title, band, rows}: Shares): Html => {
	const shown = rows.toSorted((a, b) => Number(a.ok) - Number(b.ok)).slice(0, MOST_ROWS);
	const names = [...new Set(shown.flatMap(row => row.bars.map(({name}) => name)))];
	return h`<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table class="shares">
<caption>${title} <span>expected: ${band}</span></caption>
${headRow(['From', 'Share, and where it must end', ...names, 'Expected', 'Verdict'])}
<tbody>${shown.map(row => lineOf(row, names))}</tbody>
</table></div>
${rows.length > shown.length && h`<p class="muted">${rows.length - shown.length} more are in run.json.</p>`}`;
};
