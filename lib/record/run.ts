import type {Target} from '../target.ts';
import type {Chart, Scene} from './drawn.ts';
import type {Cut, Defect, Evidence, Grid, Outcome, PlannedCheck, Problem, Skip} from './events.ts';
import type {PastRun} from './past-run.ts';
import type {Said} from './said.ts';
import type {ClusterFacts, HostFacts} from './surroundings.ts';

export type CheckRun = Omit<PlannedCheck, 'skip'> & {
	/** Of a check that was skipped. */
	readonly skip?: Skip | Cut;
	readonly suite: string;
	readonly outcome: Outcome;
	readonly startedAt?: number;
	readonly ms: number;
	readonly steps: readonly {readonly text: string; readonly atMs: number}[];
	readonly numbers: readonly {
		readonly name: string;
		readonly value: number;
		readonly unit: string;
	}[];
	readonly grids: readonly Grid[];
	readonly charts: readonly Chart[];
	readonly scene?: Scene;
	readonly evidence: readonly Evidence[];
	readonly said?: Said;
	readonly problem?: Problem;
	/** Of a known red: what explains it. Of a check that passed: what is listed for it and did not occur, so the list is out of date. */
	readonly defect?: Defect;
};

export type StepRun = {
	readonly name: string;
	readonly startedAt: number;
	readonly ms?: number;
	readonly error?: string;
	readonly log?: string;
};

export type TargetRun = {
	readonly key: string;
	readonly spec: Target;
	readonly reason: string;
	readonly steps: readonly StepRun[];
	readonly facts?: ClusterFacts;
	readonly problem?: Problem;
	/** Id of the cluster. */
	readonly cluster?: string;
	readonly kept?: string;
	readonly checks: readonly CheckRun[];
};

export type Counts = Readonly<Record<Outcome, number>>;

export type Run = {
	readonly id: string;
	readonly command: readonly string[];
	readonly vipcheck: string;
	readonly host: HostFacts;
	/** Where the sources are, ending in `/`. */
	readonly sources?: string;
	readonly startedAt: number;
	readonly endedAt: number;
	/** interrupted: by a signal, or killed before it could say anything. */
	readonly status: 'finished' | 'interrupted';
	readonly signal?: string;
	readonly targets: readonly TargetRun[];
	readonly counts: Counts;
	/** Runs before this one, oldest first, where a history is kept; not part of run.json. */
	readonly history?: readonly PastRun[];
};
