import type {Evidence, Problem} from '../../lib/record/events.ts';
import {clean} from './clean.ts';

const LABEL_WIDTH = 11;

/** The rows of a red, in the order in which every report shows them; a row that has nothing to say is left out. */
export const problemRows = (
	problem: Problem,
	evidence: readonly Evidence[],
	pathOf: (path: string) => string = path => path,
): readonly (readonly [string, string])[] =>
	[
		['expected', problem.expected],
		['observed', problem.observed],
		['layer', problem.layer ? `${problem.layer.name}: ${problem.layer.detail}` : ''],
		['suspected', (problem.suspected ?? []).join('\n')],
		['machine', problem.machine ?? ''],
		['nodes', (problem.nodes ?? []).join(', ')],
		['reproduce', problem.reproduce.join('\n')],
		['evidence', evidence.map(({path}) => pathOf(path)).join('\n')],
	]
		.map(([label = '', text = '']) => [label, clean(text)] as const)
		.filter(([, text]) => text !== '');

type Row = readonly [label: string, text: string];

/** The same rows on at most so many lines: the longest texts give way, each saying how many of its lines are left out. */
export const shortened = (rows: readonly Row[], most: number): readonly Row[] => {
	const lines = rows.map(([, text]) => text.split('\n'));
	const room = lines.map(({length}) => length);
	const total = (): number => room.reduce((sum, one) => sum + one, 0);
	while (total() > most && Math.max(...room) > 2) room[room.indexOf(Math.max(...room))]! -= 1;
	return rows.map(([label], index) => {
		const [all = [], shown = 0] = [lines[index], room[index]];
		if (all.length <= shown) return [label, all.join('\n')];
		return [label, [...all.slice(0, shown - 1), `… ${all.length - shown + 1} more lines in the report`].join('\n')];
	});
};

/** Labels in a column of their own; further lines of a text stand below its first. */
export const column = (rows: readonly (readonly [string, string])[], paint: (label: string) => string = label => label): string[] =>
	rows.flatMap(([label, text]) =>
		text.split('\n').map((line, index) => `  ${index === 0 ? paint(label.padEnd(LABEL_WIDTH)) : ' '.repeat(LABEL_WIDTH)}${line}`),
	);
