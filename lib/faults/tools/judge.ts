import {WALKED} from '../../chain/chain.ts';
import type {CheckResult} from '../../check/run-check.ts';
import type {Layer, Problem} from '../../record/events.ts';
import {causesOf} from '../../usage.ts';
import type {Fault} from './fault.ts';
import type {Injection} from './put-in.ts';

/** Layers that a red must name: those of the walk, and that which only checks of load balancers know of. */
const NAMED: readonly Layer[] = [...WALKED, 'lb'];

export type Verdict = {readonly outcome: 'passed' | 'failed' | 'broken'; readonly problem?: Problem};

/** Whether a problem names a node, and no other: a check that blames all nodes has found nothing. */
const names = ({nodes, summary, observed}: Problem, node: string): boolean =>
	nodes
		? nodes.length === 1 && nodes[0] === node
		: new RegExp(`(?<![\\w-])${RegExp.escape(node)}(?![\\w-])`).test(`${summary}\n${observed}`);

/**
 * Judges how a check took a fault: it must have gone red (failed: neither passed nor broken) after the fault was in, and have named the
 * node where it was and, as far as the chain can tell it, the layer that is broken. `undone`: the fault was taken out again.
 */
export const judgeFault = (
	fault: Pick<Fault, 'id' | 'title' | 'layer'>,
	check: string,
	{state, node, error}: Injection,
	result: CheckResult,
	{undone}: {readonly undone: boolean},
): Verdict => {
	const expected =
		`${check} goes ` +
		`red${node === undefined ? '' : ` and names ${node}`}${NAMED.includes(fault.layer) ? `, layer ${fault.layer},` : ''} when ` +
		`${fault.title}`;
	const reproduce = [`vipcheck faults --match ${check} --fault ${fault.id}`];
	const instead = result.problem ? `${result.problem.summary}\n${result.problem.observed}` : 'nothing was wrong';
	const verdict = (outcome: 'failed' | 'broken', summary: string, observed: string): Verdict => ({
		outcome,
		problem: {summary, expected, observed, reproduce},
	});
	if (!undone) return verdict('broken', `${fault.id} could not be taken out again`, instead);
	if (state === 'could not be put in') return verdict('broken', `${fault.id} could not be put in`, causesOf(error).join('\n'));
	switch (result.outcome) {
		case 'passed':
		case 'known': {
			return state === 'in'
				? verdict('failed', `stays green with ${fault.id}`, instead)
				: verdict('failed', `never called settled(), so ${fault.id} was never put in`, instead);
		}
		case 'broken': {
			return state === 'in'
				? verdict('failed', `is broken by ${fault.id} instead of red`, instead)
				: verdict('broken', `is broken before ${fault.id} was in`, instead);
		}
		case 'failed': {
			if (state !== 'in') return verdict('failed', `is red before ${fault.id} was in`, instead);
			if (node !== undefined && result.problem && !names(result.problem, node))
				return verdict(
					'failed',
					`goes red with ${fault.id}, but names ${result.problem.nodes?.join(', ') || 'no node'} instead of ${node}`,
					instead,
				);
			const layer = result.problem?.layer;
			if (NAMED.includes(fault.layer) && layer?.name !== fault.layer)
				return verdict(
					'failed',
					`goes red with ${fault.id}, but names ${layer ? `the layer ${layer.name}` : 'no layer'} instead of ${fault.layer}`,
					`${instead}${layer ? `\n${layer.name}: ${layer.detail}` : ''}`,
				);
			return {outcome: 'passed'};
		}
	}
};
