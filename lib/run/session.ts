import type {Event, EventBody} from '../events.ts';
import type {Interrupts} from './interrupts.ts';
import type {RunDir} from './run-dir.ts';

/** A run that is going on, as its parts see it. */
export type Session = {
	readonly id: string;
	readonly dir: RunDir;
	readonly emit: (event: EventBody) => void;
	/** Aborts when the run must come to its end early: a signal, a full disk, an error of our own. */
	readonly signal: AbortSignal;
	readonly interrupts: Interrupts;
	/** All events until now, those of the checks' processes included. */
	events(): readonly Event[];
	/** Milliseconds since the last event. */
	silentMs(): number;
	/** Something went wrong that is no result of a check: told at the end, exit code 2. */
	trouble(error: unknown): void;
};
