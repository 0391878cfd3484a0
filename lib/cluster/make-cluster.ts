import {isAbsolute, join, relative} from 'node:path';
import type {CreateContext, Provider, Step} from '../../clusters/provider.ts';
import type {EventBody} from '../record/events.ts';
import {CREATE_ABORT_GRACE_MS, CREATE_TIMEOUT_MS} from '../limits.ts';
import {targetKey} from '../target.ts';
import type {ClusterRef, Target} from '../target.ts';
import {causesOf} from '../usage.ts';
import {deadline} from '../wait/deadline.ts';
import {writeClusterRef} from './clusters.ts';

export type MakeInput = {
	readonly provider: Provider;
	readonly target: Target;
	readonly id: string;
	readonly dir: string;
	readonly emit: (event: EventBody) => void;
	readonly signal: AbortSignal;
	/** Where the logs are found later, as a person should see it; they are made in `<dir>/logs`. */
	readonly logs: string;
	/** Where the cluster's files are found from the run's directory; left out: the cluster's own directory is all there is. */
	readonly below?: string;
};

/**
 * Has the provider make a cluster in its claimed directory, each step an event (the log as a path from the run's directory).
 * When this throws, create() has come to its end, or was given CREATE_ABORT_GRACE_MS for that after the signal: the cluster can be taken
 * down.
 */
export const makeCluster = async ({provider, target, id, dir, emit, signal, logs, below = ''}: MakeInput): Promise<ClusterRef> => {
	const ceiling = new AbortController();
	const timer = setTimeout(
		() => ceiling.abort(new Error(`the cluster was not there within ${CREATE_TIMEOUT_MS / 60_000} min`)),
		CREATE_TIMEOUT_MS,
	);
	const either = AbortSignal.any([signal, ceiling.signal]);
	try {
		either.throwIfAborted();
		const making = provider.create(target, {
			...stepsOf(
				targetKey(target),
				emit,
				text => text.replaceAll(join(dir, 'logs'), logs),
				log => join(below, isAbsolute(log) ? relative(dir, log) : log),
			),
			signal: either,
			id,
			dir,
		});
		const ref = await deadline(making, {ms: CREATE_ABORT_GRACE_MS, after: either, late: () => either.reason as unknown});
		// A create that did not notice the signal has made a cluster that nobody wants any more.
		either.throwIfAborted();
		await writeClusterRef(dir, ref);
		return ref;
	} finally {
		clearTimeout(timer);
	}
};

/** Reports a provider's steps as events; several may run at the same time. */
export const stepsOf = (
	target: string,
	emit: (event: EventBody) => void,
	show: (text: string) => string,
	place: (log: string) => string,
): Pick<CreateContext, 'step' | 'progress'> => {
	const running: string[] = [];
	const step: Step = async (name, work, {log} = {}) => {
		const startedAt = performance.now();
		running.push(name);
		emit({type: 'step-started', target, step: name, ...(log === undefined ? {} : {log: place(log)})});
		const finished = (error?: string): void => {
			running.splice(running.indexOf(name), 1);
			emit({
				type: 'step-finished',
				target,
				step: name,
				ms: Math.round(performance.now() - startedAt),
				...(error === undefined ? {} : {error}),
			});
		};
		try {
			const result = await work();
			finished();
			return result;
		} catch (error) {
			finished(show(causesOf(error).join(': ')));
			throw error;
		}
	};
	return {
		step,
		progress(text) {
			const current = running.at(-1);
			if (current !== undefined) emit({type: 'step-progress', target, step: current, text});
		},
	};
};
