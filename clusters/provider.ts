import type {AddOn, ClusterRef, Mode, NodeKernel, PartsOrigin, Target} from '../lib/target.ts';

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

/** Puts something into a cluster of the provider's; where it is there already, that changes nothing. */
export type PutIn = (cluster: ClusterRef, context: Pick<CreateContext, 'step' | 'progress' | 'signal'>) => Promise<void>;

/** Can a target be made here? `target`: the same, with what was left open settled. */
export type Preflight =
	| {
			ok: true;
			how: string;
			target?: Target;
			/** How many workers this machine is best with, where nobody asked for a number. */
			workers?: number;
	  }
	| {ok: false; why: string};

/** One file (or folder) of clusters/ makes clusters of one kind. */
export type Provider = {
	readonly name: string;
	/**
	 * Its clusters exist: `create` attaches and `destroy` changes nothing. Never taken by `auto`; what the target leaves 'unknown' its
	 * preflight settles.
	 */
	readonly finds?: true;
	readonly modes: readonly Mode[];
	/** Kubernetes versions it can make, the default first. */
	readonly versions: readonly string[];
	/** Where it can get the programs of a cluster from, where there is a choice. */
	readonly parts?: readonly PartsOrigin[];
	/** Which kernels its nodes can run, where there is a choice. */
	readonly nodeKernels?: readonly NodeKernel[];
	/** Its nodes are containers, of an image that can be chosen. */
	readonly takesImage?: true;
	/** Looks, changes nothing. One line for each thing that is missing, with how to get it. */
	preflight(target: Target): Promise<Preflight>;
	create(target: Target, context: CreateContext): Promise<ClusterRef>;
	/**
	 * Takes the cluster of this directory down. Idempotent, also for one that is half made or half gone; leaves the directory's logs,
	 * nothing else.
	 */
	destroy(dir: string, id: string): Promise<void>;
	/** What its clusters say that they can be given (`ClusterRef.addOns`). */
	readonly addOns?: Readonly<Partial<Record<AddOn, PutIn>>>;
	/** Ids of all of this provider's clusters that the machine still has anything of, also where no directory tells of them. */
	strays?(): Promise<readonly string[]>;
};
