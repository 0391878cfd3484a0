import type {Grid} from '../../lib/record/events.ts';
import {oneLine} from './clean.ts';

/** A longer name of a row is cut, so that its marks stay in sight. */
const NAME_WIDTH = 40;

/** A grid as lines of plain text, with what is behind each `X` and `?` said below it. */
export const gridText = ({title, columns, rows}: Grid): string => {
	const table = [['', ...columns], ...rows.map(row => [row.name, ...row.cells.map(cell => cell.mark)])].map(line => line.map(oneLine));
	const widths = (table[0] ?? []).map((_, n) => Math.max(...table.map(line => line[n]?.length ?? 0)));
	const notes = rows.flatMap(row =>
		row.cells.flatMap((cell, n) =>
			cell.mark === 'X' || cell.mark === '?'
				? [`  ${cell.mark} ${oneLine(row.name)}, ${oneLine(columns[n] ?? '')}: ${oneLine(cell.text)}`]
				: [],
		),
	);
	return [
		oneLine(title),
		...table.map(line =>
			line
				.map((cell, n) => cell.padEnd(widths[n] ?? 0))
				.join('  ')
				.trimEnd(),
		),
		...notes,
	].join('\n');
};

/** The marks alone, a line for each row, the columns by their numbers: what fits on a narrow terminal. */
export const marksText = ({title, columns, rows}: Grid): readonly string[] => {
	const width = Math.max(0, ...rows.map(({name}) => oneLine(name).length));
	return [
		`${oneLine(title)} (${columns.map((column, n) => `${n + 1} ${oneLine(column)}`).join(', ')})`,
		...rows.map(
			({name, cells}) =>
				`${oneLine(name).padEnd(Math.min(width, NAME_WIDTH)).slice(0, NAME_WIDTH)}  ${cells.map(({mark}) => mark).join(' ')}`,
		),
	];
};
