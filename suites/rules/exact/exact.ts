import {differenceText, type NodeDifference} from '../../../lib/model/rules/difference-text.ts';
import {dumpLine, listDifferences, nodesOf} from './node-rules.ts';
import type {RuleDiff} from '../../../lib/record/drawn.ts';
import {Violation} from '../../../lib/record/problem.ts';
import {quietLook, shapesInForce} from '../shapes/in-force.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';

/** A drawing shows no more of them; all are in the evidence. */
const MOST_DRAWN = 60;

/** The differences as a diff, those of one place together. */
const differenceChart = (differences: readonly NodeDifference[]): RuleDiff => ({
	kind: 'diff',
	title: 'The rules as they should be (−) and as they are (+)',
	parts: [
		...Map.groupBy(
			differences.slice(0, MOST_DRAWN),
			({where, node, about}) => `${where} on ${node}${about === undefined ? '' : ` (${about})`}`,
		),
	].map(([where, own]) => ({
		where,
		lines: own.flatMap(({kind, text, actual}): RuleDiff['parts'][number]['lines'] => {
			if (kind === 'missing') return [{sign: '-', text}];
			if (kind === 'foreign') return [{sign: '+', text}];
			if (kind === 'misplaced') return [{sign: ' ', text: `${text}   (in the wrong place)`}];
			return [
				{sign: '-', text},
				{sign: '+', text: actual ?? 'something else'},
			];
		}),
	})),
	more: Math.max(0, differences.length - MOST_DRAWN),
});

const KINDS = ['missing', 'foreign', 'changed', 'misplaced'] as const;

/**
 * Throws a Violation that names each difference and its node; `what` is compared, as it must be. Settings of the kernel are a layer of
 * their own.
 */
export const judgeDifferences = (
	testbed: Testbed,
	recorder: RowRecorder,
	differences: readonly NodeDifference[],
	{what, expected}: {readonly what: string; readonly expected: string},
): void => {
	recorder.grid({
		title: 'Parts that differ',
		columns: [...KINDS],
		rows: testbed.nodes.map(({name}) => ({
			name,
			cells: KINDS.map(kind => {
				const count = differences.filter(one => one.node === name && one.kind === kind).length;
				return {mark: count === 0 ? ('.' as const) : ('X' as const), text: String(count)};
			}),
		})),
	});
	const [first] = differences;
	if (!first) return;
	recorder.chart(differenceChart(differences));
	recorder.evidence('differences.json', JSON.stringify(differences, undefined, '\t'));
	throw new Violation({
		summary: `${what} not what the API asks for, on ${nodesOf(differences).join(', ')}`,
		expected,
		observed: listDifferences(differences),
		layer: {name: first.where === 'sysctl' ? 'sysctl' : 'rules', detail: differenceText(first)},
		nodes: [...nodesOf(differences)],
		reproduce: nodesOf(differences).map(node => dumpLine(testbed, node)),
	});
};

/** Services of every shape, and the rules of every node compared with what they should be, part by part, both ways. */
export const rulesAreExact = async (testbed: Testbed): Promise<void> => {
	const settings = await shapesInForce(testbed);
	await testbed.settled();

	testbed.step('every node is still there');
	const {differences} = await quietLook(testbed, settings);
	judgeDifferences(testbed, testbed, differences, {
		what: 'the rules are',
		expected: "every part of kube-proxy's rules as its source makes it from the API, and nothing else",
	});
};
