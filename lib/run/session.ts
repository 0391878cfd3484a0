import type {Capabilities} from '../check/needs.ts';
import type {Interrupts} from '../interrupts.ts';
import type {Event, EventBody, PlannedCheck} from '../record/events.ts';
import type {RunPlan} from '../record/run-plan.ts';
import type {Target} from '../target.ts';
import type {RunDir} from './run-dir.ts';

/** A run that is going on, as its parts see it. */
export type Session = {
	readonly id: string;
	readonly dir: RunDir;
	/** Socket that serves the run's seats, and the locks of each target. */
	readonly locks: string;
	/** How many targets have a cluster at the same time. */
	readonly atOnce: number;
	readonly emit: (event: EventBody) => void;
	/** Aborts when the run must come to its end early: a signal, a full disk, an error of our own. */
	readonly signal: AbortSignal;
	readonly interrupts: Interrupts;
	/** All events until now, those of the checks' processes included. */
	events(): readonly Event[];
	/** Milliseconds since the last event of a target. */
	silentMs(target: string): number;
	/** Something went wrong that is no result of a check: told at the end, exit code 2. */
	trouble(error: unknown): void;
};

/** What a run does on each of its targets. */
export type Job = {
	/** Checks that run at the same time, on all targets together. */
	readonly seats: number;
	/** Decides, before anything has run, what runs and what does not. */
	plan(target: Pick<Target, 'mode' | 'family' | 'version' | 'existing'>, capabilities: Capabilities): readonly PlannedCheck[];
	/** Runs what the plan does not skip, and emits its events. */
	run(session: Session, plan: RunPlan): Promise<void>;
};
