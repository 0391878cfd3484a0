import type {Target} from '../../../lib/target.ts';
import type {CreateContext} from '../../provider.ts';

/** What every step in the making of a cluster is told. */
export type Making = Pick<CreateContext, 'progress' | 'signal' | 'id' | 'dir'> & {
	readonly target: Target;
	readonly cache: string;
	/** The file that gets what the step's programs say. */
	readonly log: string;
	/** Names of all Nodes, that of the control plane first. */
	readonly names: readonly string[];
};

/** One step of the making, from what earlier ones made. */
export type MakingStep<Needs, Made> = {
	readonly name: string;
	/** Name of its log in the cluster's directory of logs. */
	readonly log: string;
	/** Files in the machines, as patterns, that tell more of it: kept with the logs when the step fails. */
	readonly logs: readonly string[];
	run(context: Making & Needs): Promise<Made>;
};
