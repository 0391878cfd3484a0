import test from 'ava';
import {lookUntil} from './look-until.ts';

const never = new AbortController().signal;

test('ends with the look that says so', async t => {
	let looks = 0;
	t.true(await lookUntil(async () => ++looks === 3, {since: Date.now(), longestMs: 60_000, intervalMs: 1, signal: never}));
	t.is(looks, 3);
});

test('ends when its time is over, which began before it', async t => {
	let looks = 0;
	const isOver = await lookUntil(
		async () => {
			looks++;
			return false;
		},
		{since: Date.now() - 60_000, longestMs: 60_000, signal: never},
	);
	t.deepEqual([isOver, looks], [false, 0]);
	const began = Date.now();
	t.false(await lookUntil(async () => false, {since: began, longestMs: 50, intervalMs: 1, signal: never}));
	t.true(Date.now() - began >= 50);
});

test('ends with its signal, also where it does not pause', async t => {
	const stop = new AbortController();
	const looking = lookUntil(
		async () => {
			stop.abort(new RangeError('enough'));
			return false;
		},
		{since: Date.now(), longestMs: 60_000, intervalMs: 0, signal: stop.signal},
	);
	await t.throwsAsync(looking, {instanceOf: RangeError, message: 'enough'});
});
