import {pathOf, rowOf} from '../check-id.ts';
import type {RowRecorder, Testbed} from '../testbed/testbed.ts';
import type {Check} from './check.ts';
import {judgeThrown, worse, type Judged, type Results} from './verdict.ts';

/** The verdicts of one run of a check. */
export type Rows = {
	/** `testbed.row`. */
	readonly give: Testbed['row'];
	/** All of them, by id, once the body has ended so. */
	results(ended: Judged): Results;
};

const NO_VERDICT: Judged = {
	outcome: 'broken',
	problem: {
		summary: 'the check came to its end without a verdict on this row',
		expected: 'a verdict on each row',
		observed: 'none on this one',
		reproduce: [],
	},
};

const judged = async (judge: () => unknown): Promise<Judged> => {
	try {
		await judge();
		return {outcome: 'passed'};
	} catch (error) {
		return judgeThrown(error);
	}
};

/**
 * Collects the verdicts of a check that runs under these ids. A row that the plan leaves out is not looked at.
 * A body that throws speaks for the rows that have no verdict yet; one that returns without a verdict on a row has not done its work.
 */
export const rowsOf = ({rows = {}}: Pick<Check, 'rows'>, ids: readonly string[], recorderOf: (id: string) => RowRecorder): Rows => {
	const given = new Map<string, Judged>();
	return {
		async give(name, judge) {
			if (!(name in rows))
				throw new RangeError(
					`suites/${pathOf(ids[0] ?? '')}.ts has no row ${name}; it has ${Object.keys(rows).join(', ') || 'none'}`,
				);
			const id = ids.find(one => rowOf(one) === name);
			if (id === undefined) return;
			const verdict = await judged(() => judge(recorderOf(id)));
			const before = given.get(id);
			given.set(id, before ? worse(before, verdict) : verdict);
		},
		results: ended =>
			new Map(
				ids.map(id => [id, given.get(id) ?? (rowOf(id) === undefined || ended.outcome !== 'passed' ? ended : NO_VERDICT)] as const),
			),
	};
};
