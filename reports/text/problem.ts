import type {Evidence, Problem} from '../../lib/events.ts';
import {clean} from './clean.ts';

const LABEL_WIDTH = 11;

/** The rows of a red, in the order in which every report shows them; a row that has nothing to say is left out. */
export const problemRows = (problem: Problem, evidence: readonly Evidence[], pathOf: (path: string) => string = path => path): readonly (readonly [string, string])[] => [
	['expected', problem.expected],
	['observed', problem.observed],
	['layer', problem.layer ? `${problem.layer.name}: ${problem.layer.detail}` : ''],
	['nodes', (problem.nodes ?? []).join(', ')],
	['reproduce', problem.reproduce.join('\n')],
	['evidence', evidence.map(({path}) => pathOf(path)).join('\n')],
].map(([label = '', text = '']) => [label, clean(text)] as const).filter(([, text]) => text !== '');

/** Labels in a column of their own; further lines of a text stand below its first. */
export const column = (rows: readonly (readonly [string, string])[], paint: (label: string) => string = label => label): string[] => rows.flatMap(([label, text]) => text.split('\n').map((line, index) => `  ${index === 0 ? paint(label.padEnd(LABEL_WIDTH)) : ' '.repeat(LABEL_WIDTH)}${line}`));
