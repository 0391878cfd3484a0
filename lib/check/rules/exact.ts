import {differenceText, type NodeDifference} from '../../model/rules/difference-text.ts';
import {dumpLine, listDifferences, nodesOf} from './node-rules.ts';
import {Violation} from '../problem.ts';
import {quietLook, shapesInForce} from '../shapes/in-force.ts';
import type {Testbed} from '../testbed.ts';

/** Services of every shape, and the rules of every node compared with what they should be, part by part, both ways. */
export const rulesAreExact = async (testbed: Testbed): Promise<void> => {
	const settings = await shapesInForce(testbed);
	await testbed.settled();

	testbed.step('every node is still there');
	const {differences} = await quietLook(testbed, settings);
	testbed.grid({
		title: 'Parts that differ', columns: ['missing', 'foreign', 'changed', 'misplaced'],
		rows: testbed.nodes.map(({name}) => ({name, cells: (['missing', 'foreign', 'changed', 'misplaced'] as const).map(kind => {
			const count = differences.filter(one => one.node === name && one.kind === kind).length;
			return {mark: count === 0 ? '.' as const : 'X' as const, text: String(count)};
		})})),
	});
	if (differences.length === 0) return;
	testbed.evidence('differences.json', JSON.stringify(differences, undefined, '\t'));
	throw new Violation({
		summary: `the rules are not those that the API asks for, on ${nodesOf(differences).join(', ')}`,
		expected: 'every part of kube-proxy\'s rules as its source makes it from the API, and nothing else',
		observed: listDifferences(differences),
		layer: {name: 'rules', detail: differenceText(differences[0] as NodeDifference)},
		nodes: [...nodesOf(differences)],
		reproduce: nodesOf(differences).map(node => dumpLine(testbed, node)),
	});
};
