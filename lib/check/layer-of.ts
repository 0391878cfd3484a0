import {CHAIN_LONGEST_MS, CHAIN_TIMEOUT_MS, CLOSE_TIMEOUT_MS} from '../limits.ts';
import type {Problem} from '../record/events.ts';
import type {OpenedTestbed} from '../testbed/testbed.ts';
import {bounded} from './bounded.ts';
import type {Judged, Results} from './verdict.ts';

const lacksLayer = ({outcome, problem}: Judged): boolean => outcome === 'failed' && problem !== undefined && !problem.layer;

/**
 * The first broken layer for the reds that do not name one themselves; it is looked for once. What hinders finding it is told as a step,
 * and changes nothing.
 */
export const layered = async (results: Results, opened: OpenedTestbed, step: (text: string) => void): Promise<Results> => {
	const reds = [...results.values()].flatMap(one => (lacksLayer(one) && one.problem ? [one.problem] : []));
	const [first] = reds;
	if (!first) return results;
	const nodes = [...new Set(reds.flatMap(problem => problem.nodes ?? []))];
	let found: Pick<Problem, 'chain' | 'layer' | 'suspected'> = {};
	const find = async (): Promise<void> => {
		found = (await opened.firstBroken?.({...first, ...(nodes.length > 0 && {nodes})})) ?? {};
	};
	await bounded('finding the first broken layer', find(), step, CHAIN_TIMEOUT_MS + CHAIN_LONGEST_MS + CLOSE_TIMEOUT_MS);
	return new Map(
		[...results].map(([id, one]) => [id, lacksLayer(one) && one.problem ? {...one, problem: {...one.problem, ...found}} : one]),
	);
};
