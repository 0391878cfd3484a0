import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {deadline, Overdue} from './deadline.ts';

const never = Promise.withResolvers<never>().promise;

test('work that ends in time, one way or the other', async t => {
	t.is(await deadline(Promise.resolve(1), {ms: 1000}), 1);
	await t.throwsAsync(deadline(Promise.reject(new Error('no')), {ms: 1000}), {message: 'no'});
});

test('work that does not', async t => {
	await t.throwsAsync(deadline(never, {ms: 10}), {instanceOf: Overdue, message: 'not done within 0.01 s'});
	await t.throwsAsync(deadline(never, {ms: 10, late: () => new RangeError('late')}), {instanceOf: RangeError});
});

test('the time runs from a signal on', async t => {
	const controller = new AbortController();
	const waiting = deadline(never, {ms: 10, after: controller.signal});
	t.is(await Promise.race([waiting, pause(50, 'waits')]), 'waits');
	controller.abort();
	await t.throwsAsync(waiting, {instanceOf: Overdue});
	await t.throwsAsync(deadline(never, {ms: 0, after: controller.signal}), {instanceOf: Overdue});
});
