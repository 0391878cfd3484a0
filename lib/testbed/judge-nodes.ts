import type {Layer} from '../record/events.ts';
import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';

/** What was seen of one node; `wrong`: in words that follow the node's name, left out where it is as it must be. */
export type NodeVerdict = {
	readonly node: string;
	readonly text: string;
	readonly wrong?: string | undefined;
};

type Statement = {
	readonly title: string;
	readonly expected: string;
	/** Where the check itself knows it; left out: the chain is walked. */
	readonly layer?: Layer;
	/** A line to paste on a node. */
	readonly reproduce: string;
};

/** Shows what was seen of each node, and throws a Violation that names those where something is wrong. */
export const judgeNodes = (
	testbed: Pick<Testbed, 'grid'>,
	{title, expected, layer, reproduce}: Statement,
	verdicts: readonly NodeVerdict[],
): void => {
	testbed.grid({
		title,
		columns: ['seen'],
		rows: verdicts.map(({node, text, wrong}) => ({name: node, cells: [{mark: wrong === undefined ? '.' : 'X', text}]})),
	});
	const bad = verdicts.filter(({wrong}) => wrong !== undefined);
	if (bad.length === 0) return;
	const nodes = [...new Set(bad.map(({node}) => node))];
	const observed = bad.map(({node, wrong}) => `${node}: ${wrong}`);
	throw new Violation({
		summary: `${title}: not as it must be on ${nodes.join(', ')}`,
		expected,
		observed: observed.join('\n'),
		...(layer && {layer: {name: layer, detail: observed[0] ?? ''}}),
		nodes,
		reproduce: nodes.map(node => `${reproduce}   # on ${node}`),
	});
};
