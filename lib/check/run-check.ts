import {UNDO_TIMEOUT_MS} from '../limits.ts';
import {runOf} from '../check-id.ts';
import {withBudget} from '../wait/budget.ts';
import type {Budgeted} from '../wait/budget.ts';
import type {OpenedTestbed} from '../testbed/testbed.ts';
import {bounded} from './bounded.ts';
import {budgetOf} from './budget-of.ts';
import type {CheckContext} from './check-context.ts';
import type {Check} from './check.ts';
import {layered} from './layer-of.ts';
import {createRecorder} from './recorder.ts';
import {rowsOf} from './rows.ts';
import {judgeEnd, problemOf, withDefects, withMachine, worstOf, type Judged} from './verdict.ts';

export type CheckResult = Judged & {readonly ms: number};

/**
 * Runs one check from its locks to its clean-up, emits its events and never throws for what the check does:
 * a Violation makes it failed, everything else that is thrown makes it broken. Waiting for locks is not part of the budget.
 * `ids`: what it is called in the plan; those of its planned rows, all of one run (`runOf`), where it has rows. Answers the worst of their
 * results.
 */
export const runCheck = async (check: Check, ids: string | readonly string[], context: CheckContext): Promise<CheckResult> => {
	const {target, emit, signal, hooks} = context;
	const all = typeof ids === 'string' ? [ids] : ids;
	const id = runOf(all[0] as string);
	let release: (() => void) | undefined;
	let lockError: unknown;
	try {
		release = await context.acquire?.(check, signal);
	} catch (error) {
		lockError = error;
	}

	for (const each of all) emit({type: 'check-started', target, check: each});
	const startedAt = performance.now();
	const machine = context.watch?.();
	const budgetMs = budgetOf(check, context.nodeKernel);
	let opened: OpenedTestbed | undefined;
	const recorder = createRecorder({target, check: id, ids: all, runDir: context.runDir, emit});
	const rows = rowsOf(check, all, row => createRecorder({target, check: row, ids: [row], runDir: context.runDir, emit}));
	const settled = async (): Promise<void> => {
		if (opened) await hooks?.settled?.(opened.testbed);
	};

	const ended: Budgeted =
		lockError === undefined
			? await withBudget(budgetMs, signal, async bodySignal => {
					opened = await context.open({
						id,
						signal: bodySignal,
						recorder: {...recorder, settled, row: rows.give},
						spent: recorder.spent,
					});
					await hooks?.beforeBody?.(opened.testbed);
					await check.body(opened.testbed);
				})
			: {how: 'threw', error: lockError, over: false};

	const ms = Math.round(performance.now() - startedAt);
	let results = withMachine(rows.results(judgeEnd(ended, budgetMs, recorder.lastStep())), machine?.());
	if (opened && worstOf(results).outcome !== 'passed') {
		[results] = await Promise.all([
			layered(results, opened, recorder.step),
			bounded('looking at what is left of the check', opened.autopsy?.(), recorder.step),
		]);
	}
	const left = await bounded('taking back what the check changed', opened?.takeBack?.(), recorder.step, UNDO_TIMEOUT_MS);
	const fault = await bounded('taking the fault out', hooks?.afterBody?.(), recorder.step, UNDO_TIMEOUT_MS);
	for (const error of [left, fault]) {
		const broken: Judged = {outcome: 'broken', problem: problemOf(error)};
		if (error !== undefined) results = new Map(all.map(each => [each, broken]));
	}
	if (opened) await bounded('cleaning up', opened.close(), recorder.step);
	if (context.known) results = withDefects(results, context.known);
	for (const [each, result] of results) emit({type: 'check-finished', target, check: each, ...result, ms});
	release?.();
	return {...worstOf(results), ms};
};
