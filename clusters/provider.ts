import type {ClusterRef, Mode, PartsOrigin, Target} from '../lib/target.ts';

/** Runs one named part of the work and reports it: name, its number of how many, time, and the log that tells more. */
export type Step = <T>(name: string, work: () => Promise<T>, options?: {log?: string}) => Promise<T>;

export type CreateContext = {
	readonly step: Step;
	/** One more line about the step that is running, such as "kubelet, 4 of 8". */
	readonly progress: (text: string) => void;
	readonly signal: AbortSignal;
	readonly id: string;
	/** The cluster's own directory; everything that it leaves on disk is in here. */
	readonly dir: string;
};

/** Can a target be made here? `target`: the same, with what was left open settled. */
export type Preflight = {ok: true; how: string; target?: Target} | {ok: false; why: string};

/** One file (or folder) of clusters/ makes clusters of one kind. */
export type Provider = {
	readonly name: string;
	readonly modes: readonly Mode[];
	/** Kubernetes versions it can make, the default first. */
	readonly versions: readonly string[];
	/** Where it can get the programs of a cluster from, where there is a choice. */
	readonly parts?: readonly PartsOrigin[];
	/** Looks, changes nothing. One line for each thing that is missing, with how to get it. */
	preflight(target: Target): Promise<Preflight>;
	create(target: Target, context: CreateContext): Promise<ClusterRef>;
	/** Takes the cluster of this directory down. Idempotent, also for one that is half made or half gone; leaves the directory's logs, nothing else. */
	destroy(dir: string, id: string): Promise<void>;
	/** Ids of all of this provider's clusters that the machine still has anything of, also where no directory tells of them. */
	strays?(): Promise<readonly string[]>;
};
