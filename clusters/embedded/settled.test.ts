import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {settled} from './settled.ts';

test('all that was started has ended before a failure is told', async t => {
	let ended = false;
	const slow = pause(50).then(() => { ended = true; });
	await t.throwsAsync(settled([Promise.reject(new Error('no room')), slow]), {message: 'no room'});
	t.true(ended);
});

test('results come in order', async t => {
	t.deepEqual(await settled([pause(10).then(() => 'a'), Promise.resolve(2)]), ['a', 2]);
});
