import test from 'ava';
import type {Heard} from '../probe/vantage.ts';
import {heldMeanwhile, holdBy, stillHeld, type HeldConnection} from './held.ts';

const by = (backend: string): Heard => ({outcome: 'answered', backend, ms: 1});
const RESET: Heard = {outcome: 'reset', detail: 'ECONNRESET (read)', ms: 1};

/** A connection that says these one after the other, and the last for ever. */
const connection = (node: string, first: Heard, ...more: readonly Heard[]): HeldConnection & {readonly asked: () => number} => {
	let asked = 0;
	return {
		node,
		openedAt: performance.now(),
		connection: {first, ask: async () => Promise.resolve(more[asked++] ?? more.at(-1) ?? first), close: async () => Promise.resolve()},
		asked: () => asked,
	};
};

test('some connections by each way', async t => {
	const to = {ip: '10.96.0.7', port: 80};
	const {connection: own} = connection('', by('web-0'));
	const held = await holdBy(
		['worker-1', 'worker-2'].map(node => ({node, to, from: {open: async () => Promise.resolve(own)}})),
		3,
	);
	t.deepEqual(
		held.map(({node}) => node),
		['worker-1', 'worker-1', 'worker-1', 'worker-2', 'worker-2', 'worker-2'],
	);
});

test('asked once: by another, by nobody, and never answered at all', async t => {
	const [one, two] = await stillHeld([
		connection('worker-1', by('web-0'), by('web-0')),
		connection('worker-1', by('web-0'), by('web-1')),
		connection('worker-2', by('web-1'), by('web-1')),
	]);
	t.deepEqual(one, {
		node: 'worker-1',
		text: '1 of 2 answer',
		wrong: '1 of 2 answer; the first that does not, to web-0: answered by web-1',
	});
	t.deepEqual(two, {node: 'worker-2', text: '1 of 1 answer', wrong: undefined});
	const [never] = await stillHeld([connection('worker-1', RESET, RESET)]);
	t.is(never?.wrong, '0 of 1 answer; the first that does not, to nobody: reset');
});

/** Work that lasts until a connection was asked so often. */
const until = (held: {asked(): number}, times: number) => async () => {
	while (held.asked() < times) await new Promise(resolve => setTimeout(resolve, 1));
};

test('asked all the while and once after it: all live on', async t => {
	const held = [connection('worker-1', by('web-0')), connection('worker-2', by('web-1'))];
	const {verdicts, explained} = await heldMeanwhile(held, until(held[0]!, 3), async () => t.fail(), 1);
	t.true(held.every(one => one.asked() >= 2));
	t.true(held[0]!.asked() >= 4);
	t.deepEqual(
		verdicts.map(({wrong}) => wrong),
		[undefined, undefined],
	);
	t.false(explained);
});

test('one that is lost meanwhile is asked no more, and explained at once', async t => {
	const lives = connection('worker-1', by('web-0'));
	const dies = connection('worker-2', by('web-1'), by('web-1'), RESET);
	const {verdicts, explained} = await heldMeanwhile(
		[lives, dies],
		until(lives, 5),
		async ({node, heard, sinceMs}) => Promise.resolve(`${node} ${heard.outcome} ${sinceMs() >= 0}`),
		1,
	);
	t.is(dies.asked(), 2);
	t.is(verdicts[0]?.wrong, undefined);
	t.is(verdicts[1]?.wrong, '0 of 1 answer; the first that does not, to web-1: reset; worker-2 reset true');
	t.true(explained);
});

test('one lost only after the work is lost, too; a node without a reason leaves it unexplained', async t => {
	const late = connection('worker-1', by('web-0'), RESET);
	const {verdicts, explained} = await heldMeanwhile(
		[late],
		async () => Promise.resolve(),
		async () => Promise.resolve(undefined),
		1,
	);
	t.is(verdicts[0]?.wrong, '0 of 1 answer; the first that does not, to web-0: reset');
	t.false(explained);
});

test('work that fails', async t => {
	const held = [connection('worker-1', by('web-0'))];
	await t.throwsAsync(
		heldMeanwhile(
			held,
			async () => Promise.reject(new Error('no rollout')),
			async () => Promise.resolve(undefined),
			1,
		),
		{message: 'no rollout'},
	);
});
