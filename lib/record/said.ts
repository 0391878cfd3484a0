import type {Layer, Outcome} from './events.ts';

/** A fault that is put in while a check runs. */
export type PlannedFault = {
	readonly id: string;
	/** The layer that it breaks. */
	readonly layer: Layer;
	readonly check: string;
	/** The check does not name it, so that it need not see it. */
	readonly other?: true;
};

/** What a check said of a fault that was put in. */
export type Said = {readonly outcome: Exclude<Outcome, 'skipped'>; readonly layer?: Layer};

/** What a check's time goes to: waiting for pods, waiting for kube-proxy's rules, sending, looking at nodes. */
export type Spending = 'pods' | 'rules' | 'probes' | 'looks';
