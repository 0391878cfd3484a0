import type {Grid} from '../../lib/events.ts';
import {oneLine} from './clean.ts';

/** A grid as lines of plain text, with what is behind each `X` and `?` said below it. */
export const gridText = ({title, columns, rows}: Grid): string => {
	const table = [['', ...columns], ...rows.map(row => [row.name, ...row.cells.map(cell => cell.mark)])].map(line => line.map(oneLine));
	const widths = (table[0] ?? []).map((_, n) => Math.max(...table.map(line => line[n]?.length ?? 0)));
	const notes = rows.flatMap(row => row.cells.flatMap((cell, n) => cell.mark === 'X' || cell.mark === '?' ? [`  ${cell.mark} ${oneLine(row.name)}, ${oneLine(columns[n] ?? '')}: ${oneLine(cell.text)}`] : []));
	return [oneLine(title), ...table.map(line => line.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ').trimEnd()), ...notes].join('\n');
};
