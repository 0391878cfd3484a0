import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {stretch, timer} from './timer.ts';

test('time is stretched by what is too much for the processors, and not without end', t => {
	t.is(stretch(0.5, 2), 1);
	t.is(stretch(8, 2), 1);
	t.is(stretch(16, 2), 2);
	t.is(stretch(300, 2), 4);
});

/** How long (ms) a timer of 100 ms runs on a machine that is as busy as told, look by look. */
const lasted = async (...busy: number[]): Promise<number> => {
	const startedAt = performance.now();
	const {promise, resolve} = Promise.withResolvers<void>();
	timer(100, resolve, () => busy.shift() ?? 1);
	await promise;
	return performance.now() - startedAt;
};

test('a limit comes later while the machine is busy, and at once when it no longer is', async t => {
	// Where less than a tenth of it is left when this process comes to look, it is over.
	t.true((await lasted(3, 3)) >= 289);
	t.true((await lasted(2, 4, 4)) >= 389);
	const [quiet, ended] = [await lasted(1), await lasted(1.5, 1)];
	t.true(quiet >= 99 && ended >= 139);
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
