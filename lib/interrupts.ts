import type {EventEmitter} from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Requests to end, as they came. */
export type Interrupts = {
	/** Aborts with the first signal. */
	readonly signal: AbortSignal;
	/** The first signal's name. */
	first(): string | undefined;
	/** How many came so far. */
	count(): number;
	/** From now on a signal only aborts `signal` and is told here; before, nothing has been changed yet and it ends the process at once. */
	guard(tell: (signal: string, count: number) => void): void;
	stop(): void;
};

/** Listens for the signals that ask a process to end. `source` is `process`, or what a test puts in its place. */
export const watchInterrupts = (source: Pick<EventEmitter, 'on' | 'off'>, exit: (code: number) => void): Interrupts => {
	const controller = new AbortController();
	let first: string | undefined;
	let count = 0;
	let told: ((signal: string, count: number) => void) | undefined;
	const listener = (name: string): void => {
		count++;
		first ??= name;
		if (!told) {
			exit(130);
			return;
		}
		told(name, count);
		controller.abort(new Error(`interrupted by ${first}`));
	};
	for (const name of SIGNALS) source.on(name, listener);
	return {
		signal: controller.signal,
		first: () => first,
		count: () => count,
		guard(tell) {
			told = tell;
		},
		stop() {
			for (const name of SIGNALS) source.off(name, listener);
		},
	};
};
