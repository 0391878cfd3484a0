import type {CheckContext} from '../check/check-context.ts';
import {createRecorder} from '../check/recorder.ts';
import {runCheck} from '../check/run-check.ts';
import type {EventBody, Problem} from '../record/events.ts';
import type {Tools} from '../change/carry-out.ts';
import type {Fault} from '../faults/tools/fault.ts';
import {judgeFault} from '../faults/tools/judge.ts';
import {faultHooks} from '../faults/tools/put-in.ts';
import {pendingUndos} from '../change/undo.ts';
import type {FaultTrial} from './fault-plan.ts';

type Finished = Extract<EventBody, {type: 'check-finished'}>;

const textOf = ({summary, expected, observed, layer, nodes, reproduce}: Problem): string =>
	[
		summary,
		`expected   ${expected}`,
		`observed   ${observed}`,
		...(layer ? [`layer      ${layer.name}: ${layer.detail}`] : []),
		...(nodes ? [`nodes      ${nodes.join(', ')}`] : []),
		...reproduce.map(line => `reproduce  ${line}`),
	].join('\n');

const shortOf = ({summary, layer}: Problem): string => `${summary}${layer ? `; ${layer.name}: ${layer.detail}` : ''}`;

/**
 * Runs a check once, with a fault, and emits its events. What the check itself says at its end is judged first: where it names the fault it
 * must be red. Its steps, grids and evidence stay as they are.
 */
export const runTrial = async (
	{planned, found, fault}: FaultTrial & {readonly fault: Fault},
	context: CheckContext,
	clusterDir: string,
	tools: Tools,
): Promise<Finished['outcome']> => {
	const {target, runDir, emit, signal} = context;
	const {hooks, injection} = faultHooks(fault, found.id, clusterDir, tools);
	const result = await runCheck(found.check, planned.id, {
		...context,
		hooks,
		emit(event) {
			if (event.type !== 'check-finished') emit(event);
		},
	});
	const undone = (await pendingUndos(clusterDir)).every(pending => pending.name !== fault.id);
	const judged = judgeFault(fault, found.id, injection(), result, {undone});
	// Whatever a check says of a fault that it does not name is right; only that nothing was seen is told.
	const said = planned.fault?.other && judged.outcome === 'failed' ? ({outcome: 'passed'} as const) : judged;
	const verdict = signal.aborted && result.outcome === 'broken' ? result : said;
	if (result.problem) {
		const recorder = createRecorder({target, check: planned.id, ids: [planned.id], runDir, emit});
		if (verdict.outcome === 'passed')
			recorder.step(
				`went red, ${planned.fault?.other ? 'though it does not name this fault' : 'as it must'}: ${shortOf(result.problem)}`,
			);
		recorder.evidence('what-the-check-said.txt', `${result.outcome}: ${textOf(result.problem)}\n`);
	}
	emit({
		type: 'check-finished',
		target,
		check: planned.id,
		ms: result.ms,
		outcome: verdict.outcome,
		...(verdict.problem && {problem: verdict.problem}),
		said: {outcome: result.outcome, ...(result.problem?.layer && {layer: result.problem.layer.name})},
	});
	return verdict.outcome;
};
