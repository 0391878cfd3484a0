import type {DialTask} from '../protocol.ts';
import type {Dial} from '../vantage.ts';
import {attempt} from './attempt.ts';
import {httpNames, udpNames} from './names.ts';
import {round} from './told.ts';

/** Dials in one reply. */
const SOME = 256;

/** Asks who answers, so many times, some at a time; tells of them as they come. */
export const dial = async (task: DialTask, some: (dials: readonly Dial[]) => void): Promise<void> => {
	const began = performance.now();
	let next = 0;
	let failed = false;
	let done: Dial[] = [];
	const worker = async () => {
		while (next < task.count && !failed) {
			next++;
			const at = round(performance.now() - began);
			const {first, reader} = task.to.protocol === 'TCP' ? httpNames(task.to) : udpNames();
			const found = await attempt(task, first, reader).catch((error: unknown) => {
				failed = true;
				throw error;
			});
			done.push({at, ...found});
			if (done.length === SOME) {
				some(done);
				done = [];
			}
		}
	};

	await Promise.all(Array.from({length: Math.min(task.concurrency, task.count)}, worker));
	some(done);
};
