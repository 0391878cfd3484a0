import type {Capabilities} from '../check/decide.ts';
import type {PlannedCheck} from '../events.ts';
import type {ClusterRef, Mode, Target} from '../target.ts';
import type {Session} from './session.ts';

/** What a run does on its target. */
export type Job = {
	/** Decides, before anything has run, what runs and what does not. */
	plan(target: Pick<Target, 'mode' | 'family' | 'version'>, capabilities: Capabilities): readonly PlannedCheck[];
	/** Runs what the plan does not skip, and emits its events. */
	run(session: Session, cluster: ClusterRef, mode: Mode, plan: readonly PlannedCheck[]): Promise<void>;
};
