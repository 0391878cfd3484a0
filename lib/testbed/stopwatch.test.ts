import test from 'ava';
import {createStopwatch} from './stopwatch.ts';

test('what is done at the same time counts once, what is done within counted work not at all', async t => {
	const clock = {now: 0};
	const watch = createStopwatch(() => clock.now);
	const gate = Promise.withResolvers<void>();
	const first = watch.spend('probes', async () => gate.promise);
	clock.now = 10;
	const second = watch.spend('probes', async () => {
		await watch.spend('looks', async () => undefined);
		await gate.promise;
	});
	clock.now = 30;
	gate.resolve();
	await Promise.all([first, second]);
	t.deepEqual([...watch.sums()], [['probes', 30]]);
	await watch.spend('looks', async () => void (clock.now = 35));
	t.deepEqual(
		[...watch.sums()],
		[
			['probes', 30],
			['looks', 5],
		],
	);
});

test('work that fails is counted too', async t => {
	const clock = {now: 0};
	const watch = createStopwatch(() => clock.now);
	await t.throwsAsync(
		watch.spend('pods', async () => {
			clock.now = 7;
			throw new Error('no pod');
		}),
		{message: 'no pod'},
	);
	t.is(watch.sums().get('pods'), 7);
});
