import type {Event, Evidence, Grid} from '../../lib/record/events.ts';

export type LiveStep = {
	readonly target: string;
	readonly step: string;
	readonly startedAt: number;
	readonly log: string | undefined;
	progress: string;
	/** When it was last told that it goes on. */
	toldAt: number | undefined;
};

/** What the console must remember between events. */
export type Live = {
	startedAt: number | undefined;
	target: string;
	readonly steps: Map<string, LiveStep>;
	/** Checks that are running, by target and id. */
	readonly running: Map<
		string,
		{
			readonly check: string;
			readonly evidence: Evidence[];
			readonly grids: Grid[];
		}
	>;
	done: number;
	total: number;
	red: number;
	interrupted: boolean;
};

export const emptyLive = (): Live => ({
	startedAt: undefined,
	target: '',
	steps: new Map(),
	running: new Map(),
	done: 0,
	total: 0,
	red: 0,
	interrupted: false,
});

export const liveKey = (target: string, name: string): string => `${target}\n${name}`;

/** A check that the interruption kept from seeing anything; it counts as skipped. */
export const isStopped = (event: Event, {interrupted}: Pick<Live, 'interrupted'>): boolean =>
	event.type === 'check-finished' && event.outcome === 'broken' && interrupted;

/** Keeps up with one event. */
export const follow = (live: Live, event: Event): void => {
	live.startedAt ??= event.at;
	if ('target' in event) live.target = event.target;
	switch (event.type) {
		case 'target-planned':
			live.total += event.checks.filter(check => !check.skip).length;
			break;
		case 'step-started':
			live.steps.set(liveKey(event.target, event.step), {
				target: event.target,
				step: event.step,
				startedAt: event.at,
				log: event.log,
				progress: '',
				toldAt: undefined,
			});
			break;
		case 'step-progress': {
			const step = live.steps.get(liveKey(event.target, event.step));
			if (step) step.progress = event.text;
			break;
		}
		case 'step-finished':
			live.steps.delete(liveKey(event.target, event.step));
			break;
		case 'check-started':
			live.running.set(liveKey(event.target, event.check), {check: event.check, evidence: [], grids: []});
			break;
		case 'check-evidence':
			live.running.get(liveKey(event.target, event.check))?.evidence.push(event.evidence);
			break;
		case 'check-grid':
			live.running.get(liveKey(event.target, event.check))?.grids.push(event.grid);
			break;
		case 'check-finished':
			live.running.delete(liveKey(event.target, event.check));
			live.done++;
			if (event.outcome === 'failed' || (event.outcome === 'broken' && !live.interrupted)) live.red++;
			break;
		case 'runner-exited':
		case 'target-failed':
		case 'target-finished':
			for (const key of live.running.keys()) if (key.startsWith(liveKey(event.target, ''))) live.running.delete(key);
			break;
		case 'interrupted':
			live.interrupted = true;
			break;
		case 'run-started':
			// A run that is resumed: what was going on when the earlier part ended goes on no longer.
			live.steps.clear();
			live.running.clear();
			live.total = live.done;
			live.interrupted = false;
			break;
		case 'cluster-owned':
		case 'cluster-ready':
		case 'check-spent':
		case 'check-step':
		case 'check-number':
		case 'check-chart':
		case 'check-scene':
		case 'run-finished':
			break;
	}
};
