import {setTimeout} from 'node:timers/promises';
import type {Destination, Dial} from '../probe/vantage.ts';
import type {NodeVerdict} from './judge-nodes.ts';
import {withPort} from '../ip.ts';
import {answered, stretchesOf, type Glance} from './stretches.ts';
import type {Testbed} from './testbed.ts';

export type Meanwhile = {readonly node: string; readonly dials: readonly Dial[]};

/**
 * One connection after the other, a few at a time, from a pod on every node, for as long as some work lasts. `pauseMs`: between ten and
 * the next ten, so that the pods have something left of the machine.
 */
export const dialMeanwhile = async (
	testbed: Testbed,
	to: Destination,
	work: () => Promise<unknown>,
	{pauseMs = 0}: {readonly pauseMs?: number} = {},
): Promise<readonly Meanwhile[]> => {
	let isOver = false;
	const startedAt = performance.now();
	const since = (): number => performance.now() - startedAt;
	const sending = testbed.nodes.map(async ({name}) => {
		const place = await testbed.vantage.pod(name);
		const dials: Dial[] = [];
		const seen: Glance[] = [];
		do {
			const began = since();
			const some = await place.dial(to, {count: 10, concurrency: 2});
			dials.push(...some);
			seen.push(...answered(some.map(dial => ({...dial, at: began + dial.at}))));
			if (pauseMs > 0) await setTimeout(pauseMs);
		} while (!isOver && !testbed.signal.aborted);
		return {node: name, dials, stretches: stretchesOf(seen, since())};
	});
	let doneAt: number;
	try {
		await work();
	} finally {
		isOver = true;
		doneAt = since();
	}
	const all = await Promise.all(sending);
	testbed.chart({
		kind: 'timeline',
		title: `Connections to ${withPort(to.ip, to.port)} from a pod on each node`,
		unit: 'ms',
		rows: all.map(({node, stretches}) => ({name: node, stretches})),
		moments: [{at: Math.round(doneAt), text: 'the change is in force'}],
	});
	return all.map(({node, dials}) => ({node, dials}));
};

/** Every lost connection is one too many. */
export const noneLost = (seen: readonly Meanwhile[]): readonly NodeVerdict[] =>
	seen.map(({node, dials}) => {
		const lost = dials.filter(({outcome}) => outcome !== 'answered');
		const text = `${lost.length} of ${dials.length} lost`;
		return {node, text, wrong: lost.length > 0 ? `${text}, the first: ${lost[0]?.outcome}` : undefined};
	});
