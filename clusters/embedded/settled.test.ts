import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {settled, sideBySide} from './settled.ts';

test('all that was started has ended before a failure is told', async t => {
	let ended = false;
	const slow = pause(50).then(() => {
		ended = true;
	});
	await t.throwsAsync(settled([Promise.reject(new Error('no room')), slow]), {message: 'no room'});
	t.true(ended);
});

test('results come in order', async t => {
	t.deepEqual(await settled([pause(10).then(() => 'a'), Promise.resolve(2)]), ['a', 2]);
});

test('sideBySide: the first failure stops the others, and is the one that is thrown', async t => {
	let stopped = 0;
	const waiting = async (signal: AbortSignal): Promise<never> => {
		await new Promise(resolve => {
			signal.addEventListener('abort', resolve);
		});
		stopped++;
		throw new Error('stopped');
	};
	const failing = async (): Promise<never> => {
		throw new Error('no network');
	};
	await t.throwsAsync(sideBySide(new AbortController().signal, [waiting, failing, waiting]), {message: 'no network'});
	t.is(stopped, 2);
});

test('sideBySide: what the works return, in their order', async t => {
	t.deepEqual(await sideBySide(new AbortController().signal, [async () => 1, async () => 'two']), [1, 'two']);
});

test('sideBySide: an interruption from outside reaches the works', async t => {
	const aborted = AbortSignal.abort(new Error('interrupted'));
	await t.throwsAsync(
		sideBySide(aborted, [
			async own => {
				own.throwIfAborted();
			},
		]),
		{message: 'interrupted'},
	);
});
