import type {Outcome, Problem} from '../events.ts';
import {apiError} from '../kube-error.ts';
import {CHAIN_TIMEOUT_MS, CLOSE_TIMEOUT_MS, DEFAULT_BUDGET_MS, UNDO_TIMEOUT_MS} from '../limits.ts';
import {causesOf, messageOf} from '../usage.ts';
import {withBudget} from './budget.ts';
import type {Budgeted} from './budget.ts';
import type {CheckContext, OpenedTestbed} from './check-context.ts';
import type {Check} from './check.ts';
import {Violation} from './problem.ts';
import {createRecorder} from './recorder.ts';

export type CheckResult = {readonly outcome: Exclude<Outcome, 'skipped'>; readonly ms: number; readonly problem?: Problem};

/**
 * Runs one check from its locks to its clean-up, emits its events and never throws for what the check does:
 * a Violation makes it failed, everything else that is thrown makes it broken. Waiting for locks is not part of the budget.
 */
export const runCheck = async (check: Check, id: string, context: CheckContext): Promise<CheckResult> => {
	const {target, emit, signal, hooks} = context;
	let release: (() => void) | undefined;
	let lockError: unknown;
	try {
		release = await context.acquire?.(check.exclusive ?? [], signal);
	} catch (error) {
		lockError = error;
	}

	emit({type: 'check-started', target, check: id});
	const startedAt = performance.now();
	const budgetMs = check.budgetMs ?? DEFAULT_BUDGET_MS;
	let opened: OpenedTestbed | undefined;
	const recorder = createRecorder({target, check: id, runDir: context.runDir, emit, settled: async () => {
		if (opened) await hooks?.settled?.(opened.testbed);
	}});

	const ended: Budgeted = lockError === undefined
		? await withBudget(budgetMs, signal, async bodySignal => {
			opened = await context.open({id, signal: bodySignal, recorder});
			await hooks?.beforeBody?.(opened.testbed);
			await check.body(opened.testbed);
		})
		: {how: 'threw', error: lockError, over: false};

	const ms = Math.round(performance.now() - startedAt);
	let result = {...judge(ended, budgetMs, recorder.lastStep()), ms};
	if (opened && result.outcome !== 'passed') {
		const [layer] = await Promise.all([layerOf(result, opened, recorder.step), bounded('looking at what is left of the check', opened.autopsy?.(), recorder.step)]);
		if (layer && result.problem) result = {...result, problem: {...result.problem, layer}};
	}
	const left = await bounded('taking back what the check changed', opened?.takeBack?.(), recorder.step, UNDO_TIMEOUT_MS);
	const fault = await bounded('taking the fault out', hooks?.afterBody?.(), recorder.step, UNDO_TIMEOUT_MS);
	for (const error of [left, fault]) if (error !== undefined) result = {outcome: 'broken', problem: problemOf(error), ms};
	if (opened) await bounded('cleaning up', opened.close(), recorder.step);
	emit({type: 'check-finished', target, check: id, ...result});
	release?.();
	return result;
};

/** The first broken layer of a red that does not name one itself. What hinders finding it is told as a step, and changes nothing. */
const layerOf = async ({outcome, problem}: Pick<CheckResult, 'outcome' | 'problem'>, opened: OpenedTestbed, step: (text: string) => void): Promise<Problem['layer']> => {
	if (outcome !== 'failed' || !problem || problem.layer) return undefined;
	let layer: Problem['layer'];
	const find = async (): Promise<void> => {
		layer = await opened.firstBroken?.(problem);
	};
	await bounded('finding the first broken layer', find(), step, CHAIN_TIMEOUT_MS + CLOSE_TIMEOUT_MS);
	return layer;
};

const judge = (ended: Budgeted, budgetMs: number, lastStep: string | undefined): {outcome: 'passed' | 'failed' | 'broken'; problem?: Problem} => {
	if (ended.how === 'threw' && ended.error instanceof Violation) return {outcome: 'failed', problem: ended.error.problem};
	if (ended.over) {
		const while_ = lastStep ?? 'before its first step';
		const more = ended.how === 'threw' ? causesOf(ended.error) : ended.how === 'abandoned' ? ['it did not end when asked to and was abandoned'] : ['it came to its end only after the budget'];
		return {outcome: 'broken', problem: {summary: `used up its budget of ${budgetMs / 1000} s while: ${while_}`, expected: `an end within ${budgetMs / 1000} s`, observed: more.join('\n'), reproduce: []}};
	}
	if (ended.how === 'returned') return {outcome: 'passed'};
	return {outcome: 'broken', problem: ended.how === 'threw' ? problemOf(ended.error) : {summary: 'the run was ended while this check ran', expected: 'a result of this check', observed: lastStep === undefined ? 'nothing yet' : `its last step: ${lastStep}`, reproduce: []}};
};

/** What kept us from observing, with its whole chain of causes; for our own mistakes with the place in the source. */
const problemOf = (error: unknown): Problem => {
	const causes = causesOf(error);
	const place = error instanceof TypeError || error instanceof ReferenceError ? error.stack?.split('\n').slice(1, 4).map(line => line.trim()) ?? [] : [];
	return {
		summary: apiError(error)?.line ?? firstLine(messageOf(error)),
		expected: 'to be able to observe the cluster',
		observed: [...causes, ...place].join('\n') || 'an error without a message',
		reproduce: [],
	};
};

const firstLine = (text: string): string => text.trim().split('\n')[0] || 'an error without a message';

/** Waits for work that tidies up, not for ever; what goes wrong with it is told as a step and answered. */
const bounded = async (what: string, work: Promise<void> | undefined, step: (text: string) => void, ms = CLOSE_TIMEOUT_MS): Promise<unknown> => {
	const {promise: late, resolve} = Promise.withResolvers<'late'>();
	const timer = setTimeout(() => resolve('late'), ms);
	try {
		if (await Promise.race([work, late]) !== 'late') return undefined;
		step(`${what}: not done within ${ms / 1000} s, left`);
		return new Error(`${what}: not done within ${ms / 1000} s`);
	} catch (error) {
		step(`${what}: ${causesOf(error).join(': ')}`);
		return error;
	} finally {
		clearTimeout(timer);
	}
};
