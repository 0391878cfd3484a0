import type {Event, Evidence} from '../../lib/events.ts';

export type LiveStep = {readonly target: string; readonly step: string; readonly startedAt: number; readonly log: string | undefined; progress: string; announced: boolean};

/** What the console must remember between events. */
export type Live = {
	startedAt: number | undefined;
	target: string;
	readonly steps: Map<string, LiveStep>;
	/** Checks that are running, by target and id. */
	readonly running: Map<string, {readonly check: string; readonly evidence: Evidence[]}>;
	done: number;
	total: number;
	red: number;
	interrupted: boolean;
};

export const emptyLive = (): Live => ({startedAt: undefined, target: '', steps: new Map(), running: new Map(), done: 0, total: 0, red: 0, interrupted: false});

export const liveKey = (target: string, name: string): string => `${target}\n${name}`;

/** Keeps up with one event. */
export const follow = (live: Live, event: Event): void => {
	live.startedAt ??= event.at;
	if ('target' in event) live.target = event.target;
	switch (event.type) {
		case 'target-planned':
			live.total += event.checks.filter(check => !check.skip).length;
			break;
		case 'step-started':
			live.steps.set(liveKey(event.target, event.step), {target: event.target, step: event.step, startedAt: event.at, log: event.log, progress: '', announced: false});
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
			live.running.set(liveKey(event.target, event.check), {check: event.check, evidence: []});
			break;
		case 'check-evidence':
			live.running.get(liveKey(event.target, event.check))?.evidence.push(event.evidence);
			break;
		case 'check-finished':
			live.running.delete(liveKey(event.target, event.check));
			live.done++;
			if (event.outcome === 'failed' || event.outcome === 'broken') live.red++;
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
		case 'cluster-ready':
		case 'check-step':
		case 'check-number':
		case 'check-grid':
		case 'run-finished':
			break;
	}
};
