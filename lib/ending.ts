import type {EventEmitter} from 'node:events';
import type {Interrupts} from './interrupts.ts';

/** Where errors that nobody caught arrive: `process`, or what a test puts in its place. */
export type Crashes = Pick<EventEmitter, 'on' | 'off'>;

/** Every reason for which work must come to its end early, as one signal. */
export type Ending = {
	readonly signal: AbortSignal;
	/** Ends the work for a reason of our own. */ end(reason: unknown): void;
	stop(): void;
};

const CRASHES = ['uncaughtException', 'unhandledRejection'] as const;

/** Turns signals, and errors that nobody caught, into an orderly end. The latter are also handed to `crashed`. */
export const orderlyEnd = (interrupts: Interrupts, crashes: Crashes, crashed: (error: unknown) => void): Ending => {
	const own = new AbortController();
	const crash = (error: unknown): void => {
		crashed(error);
		own.abort(error);
	};
	for (const name of CRASHES) crashes.on(name, crash);
	return {
		signal: AbortSignal.any([interrupts.signal, own.signal]),
		end: reason => own.abort(reason),
		stop() {
			for (const name of CRASHES) crashes.off(name, crash);
		},
	};
};
