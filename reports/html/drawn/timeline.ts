import type {Stretch, Timeline} from '../../../lib/record/drawn.ts';
import {duration} from '../../text/duration.ts';
import type {Html} from '../markup.ts';
import {h} from '../markup.ts';

const MOST_ROWS = 24;
/** Bad stretches that are told in words beside the drawing. */
const MOST_TOLD = 3;
const WIDTH = 400;

const CLASS = {'.': 'on', X: 'off', '?': 'unseen', ' ': 'idle'} as const;

const isBad = ({mark}: Stretch): boolean => mark === 'X' || mark === '?';

/** One path for each kind of stretch: hundreds of probes stay a few bytes. */
const line = (stretches: readonly Stretch[], end: number, moments: Timeline['moments']): Html => {
	const x = (at: number): number => Math.round((WIDTH * at) / end);
	const path = (mark: Stretch['mark']): string =>
		stretches
			.filter(stretch => stretch.mark === mark)
			.map(({from, to}) => `M${x(from)} 2h${Math.max(1, x(to) - x(from))}v8h-${Math.max(1, x(to) - x(from))}z`)
			.join('');
	return h`<svg viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" aria-hidden="true">${(['.', ' ', '?', 'X'] as const).map(mark =>
		path(mark) === '' ? '' : h`<path class="${CLASS[mark]}" d="${path(mark)}"/>`,
	)}${moments.map(({at}) => h`<path class="moment" d="M${x(at)} 0v12"/>`)}</svg>`;
};

const told = (stretches: readonly Stretch[], unit: Timeline['unit']): string => {
	const at = (value: number): string => (unit === 'ms' ? duration(value) : `${value + 1}`);
	const bad = stretches.filter(isBad);
	if (bad.length === 0) return [...new Set(stretches.map(({text}) => text))].slice(0, MOST_TOLD).join(', then ');
	return [
		...bad
			.slice(0, MOST_TOLD)
			.map(
				({from, to, text}) =>
					`${text} ${unit === 'ms' ? `${at(from)} to ${at(to)}` : from + 1 === to ? `at ${at(from)}` : `${at(from)} to ${to}`}`,
			),
		...(bad.length > MOST_TOLD ? [`and ${bad.length - MOST_TOLD} more times`] : []),
	].join('; ');
};

/** What was seen over time: a line per place, the bad stretches in words beside it. */
export const timelineTable = ({title, unit, rows, moments}: Timeline): Html => {
	const end = Math.max(1, ...rows.flatMap(({stretches}) => stretches.map(({to}) => to)), ...moments.map(({at}) => at));
	const shown = rows.toSorted((a, b) => Number(b.stretches.some(isBad)) - Number(a.stretches.some(isBad))).slice(0, MOST_ROWS);
	const span = unit === 'ms' ? duration(end) : `${end} connections`;
	return h`<div class="scroll" tabindex="0" role="group" aria-label="${title}"><table class="timeline">
<caption>${title} <span>${moments.map(({at, text}) => `┃ ${unit === 'ms' ? duration(at) : at}: ${text}`).join(', ')}</span></caption>
<thead><tr><th scope="col">Seen from</th>
<th scope="col" class="axis"><span>0</span> <span>${span}</span></th>
<th scope="col">What</th></tr></thead>
<tbody>${shown.map(
		({name, stretches}) => h`<tr class="${stretches.some(isBad) ? 'off' : ''}"><th scope="row">${name}</th>
<td>${line(stretches, end, moments)}</td>
<td>${told(stretches, unit)}</td></tr>`,
	)}</tbody>
</table></div>
${rows.length > shown.length && h`<p class="muted">${rows.length - shown.length} more are in run.json.</p>`}`;
};
