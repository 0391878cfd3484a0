import type {CheckContext} from '../check/check-context.ts';
import {createRecorder} from '../check/recorder.ts';
import {runCheck} from '../check/run-check.ts';
import type {EventBody, Problem} from '../events.ts';
import type {Tools} from '../check/change/carry-out.ts';
import {judgeFault} from '../faults/judge.ts';
import {faultHooks} from '../faults/put-in.ts';
import {pendingUndos} from '../check/change/undo.ts';
import type {FaultTrial} from './fault-plan.ts';

type Finished = Extract<EventBody, {type: 'check-finished'}>;

const textOf = ({summary, expected, observed, layer, nodes, reproduce}: Problem): string =>
	[summary, `expected   ${expected}`, `observed   ${observed}`, ...(layer ? [`layer      ${layer.name}: ${layer.detail}`] : []), ...(nodes ? [`nodes      ${nodes.join(', ')}`] : []), ...reproduce.map(line => `reproduce  ${line}`)].join('\n');

/**
 * Runs a check once, with its fault if it has one, and emits its events. What the check itself says at its end is judged first:
 * with a fault it must be red. Its steps, grids and evidence stay as they are.
 */
export const runTrial = async ({planned, found, fault}: FaultTrial, context: CheckContext, clusterDir: string, tools: Tools): Promise<Finished['outcome']> => {
	if (!fault) return (await runCheck(found.check, planned.id, context)).outcome;
	const {target, runDir, emit, signal} = context;
	const {hooks, injection} = faultHooks(fault, found.id, clusterDir, tools);
	const result = await runCheck(found.check, planned.id, {...context, hooks, emit(event) {
		if (event.type !== 'check-finished') emit(event);
	}});
	const undone = (await pendingUndos(clusterDir)).every(pending => pending.name !== fault.id);
	const verdict = signal.aborted && result.outcome === 'broken' ? result : judgeFault(fault, found.id, injection(), result, {undone});
	if (result.problem) {
		const recorder = createRecorder({target, check: planned.id, runDir, emit, settled: () => Promise.resolve()});
		if (verdict.outcome === 'passed') recorder.step(`went red, as it must: ${result.problem.summary}${result.problem.layer ? `; ${result.problem.layer.name}: ${result.problem.layer.detail}` : ''}`);
		recorder.evidence('what-the-check-said.txt', `${result.outcome}: ${textOf(result.problem)}\n`);
	}
	emit({type: 'check-finished', target, check: planned.id, ms: result.ms, outcome: verdict.outcome, ...(verdict.problem && {problem: verdict.problem})});
	return verdict.outcome;
};
