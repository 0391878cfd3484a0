import test from 'ava';
import {TransportError} from '../shell/shell.ts';
import {OverBudget} from './budget.ts';
import {SetupError, eventually} from './eventually.ts';
import type {Look} from './eventually.ts';
import {Violation} from '../record/problem.ts';

const never = new AbortController().signal;
const looks = (...seen: Look<string>[]) => {
	let next = 0;
	return () => Promise.resolve(seen[Math.min(next++, seen.length - 1)]!);
};

test('answers the value as soon as it is there', async t => {
	t.is(
		await eventually('it comes', looks({done: false, observed: 'no'}, {done: true, value: 'yes'}), {
			timeoutMs: 5000,
			intervalMs: 1,
			signal: never,
		}),
		'yes',
	);
});

test('when time runs out the last observation and its nodes are reported', async t => {
	const error = await t.throwsAsync(
		eventually('it comes', looks({done: false, observed: 'first'}, {done: false, observed: 'last', nodes: ['worker-2']}), {
			timeoutMs: 900,
			intervalMs: 10,
			signal: never,
			problem: {reproduce: ['look']},
		}),
		{instanceOf: Violation},
	);
	t.like(error.problem, {expected: 'it comes', observed: 'last', nodes: ['worker-2'], reproduce: ['look']});
	t.regex(error.problem.summary, /^it comes: not within \d+\.\d s$/);
});

test('a set-up that does not come about is no violation', async t => {
	await t.throwsAsync(
		eventually('pods are Ready', looks({done: false, observed: '1 of 3'}), {
			timeoutMs: 30,
			intervalMs: 5,
			signal: never,
			onTimeout: 'broken',
		}),
		{instanceOf: SetupError, message: /^pods are Ready: not within .* last seen: 1 of 3$/},
	);
});

test('a look that never ends is left at the time limit', async t => {
	await t.throwsAsync(
		eventually('it comes', () => Promise.withResolvers<never>().promise, {timeoutMs: 30, signal: never}),
		{instanceOf: TransportError, message: /not even one look/},
	);
});

test('a look that throws ends the waiting', async t => {
	await t.throwsAsync(
		eventually('it comes', () => Promise.reject(new TransportError('no shell')), {timeoutMs: 5000, signal: never}),
		{message: 'no shell'},
	);
});

test('a look that throws because time is over counts as the time limit', async t => {
	let count = 0;
	const look = (signal: AbortSignal): Promise<Look<never>> =>
		count++ === 0
			? Promise.resolve({done: false, observed: 'seen'})
			: new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
	await t.throwsAsync(eventually('it comes', look, {timeoutMs: 40, intervalMs: 1, signal: never}), {instanceOf: Violation});
});

test('an interrupt is no observation, a used-up budget is', async t => {
	const aborted = (reason: Error): AbortSignal => {
		const controller = new AbortController();
		setTimeout(() => controller.abort(reason), 30);
		return controller.signal;
	};
	const waiting = (signal: AbortSignal) =>
		eventually('it comes', looks({done: false, observed: 'no'}), {timeoutMs: 5000, intervalMs: 5, signal});
	await t.throwsAsync(waiting(aborted(new Error('SIGINT'))), {message: 'SIGINT'});
	await t.throwsAsync(waiting(aborted(new OverBudget('over'))), {instanceOf: Violation});
});
