import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {stretch, timer} from './timer.ts';

test('time is stretched by what is too much for the processors, and not without end', t => {
	t.is(stretch(0.5, 2), 1);
	t.is(stretch(8, 2), 1);
	t.is(stretch(16, 2), 2);
	t.is(stretch(300, 2), 4);
});

/** How long (ms) a timer of 500 ms runs on a machine that is as busy as told, look by look. */
const lasted = async (...busy: number[]): Promise<number> => {
	const startedAt = performance.now();
	const {promise, resolve} = Promise.withResolvers<void>();
	timer(500, resolve, () => busy.shift() ?? 1);
	await promise;
	return performance.now() - startedAt;
};

// Only a process that comes to look hundreds of milliseconds late would find less than a tenth of it left, and end it early.
test('a limit comes later while the machine is busy, and at once when it no longer is', async t => {
	t.true((await lasted(3, 3)) >= 1499);
	t.true((await lasted(2, 4, 4)) >= 1999);
	const [quiet, ended] = [await lasted(1), await lasted(1.5, 1)];
	t.true(quiet >= 499 && ended >= 749);
});

test('a timer that is stopped never ends', async t => {
	let ended = false;
	const stop = timer(
		20,
		() => (ended = true),
		// Once it has been waited for, it comes only after as long as no busy machine pauses here.
		() => 50,
	);
	await pause(25);
	stop();
	await pause(1100);
	t.false(ended);
});
