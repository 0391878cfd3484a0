import type {Defect, Event, Evidence, Grid, Outcome, PlannedCheck, Problem} from './events.ts';
import {addToCheck} from './collect-check.ts';
import type {StepRun} from './run.ts';
import type {Chart, Scene} from './drawn.ts';
import type {Said} from './said.ts';
import type {ClusterFacts, HostFacts} from './surroundings.ts';
import type {Family, NodeKernel, Target, TargetMode} from '../target.ts';

/** One try of one check; `--repeat` and a resumed run make more than one. */
export type Attempt = {
	readonly startedAt: number;
	readonly steps: {text: string; atMs: number}[];
	readonly numbers: {
		name: string;
		value: number;
		unit: string;
	}[];
	readonly grids: Grid[];
	readonly charts: Chart[];
	scene?: Scene;
	readonly evidence: Evidence[];
	/** It was asked to end as the run was interrupted, and so saw nothing; `why`: what it said of that. */
	stopped?: {readonly ms: number; readonly why: string | undefined};
	result?: {
		outcome: Exclude<Outcome, 'skipped'>;
		ms: number;
		problem?: Problem;
		defect?: Defect;
		said?: Said;
	};
};

/** Why nothing more came from a target; only what happened before an interruption counts as a reason. */
export type TargetEnd =
	| {how: 'failed'}
	| {
			how: 'runner';
			exitCode: number | undefined;
			signal: string | undefined;
			output: string;
	  }
	| {how: 'finished'};

export type CheckRecord = {planned: PlannedCheck; readonly attempts: Attempt[]};
type StepRecord = {-readonly [K in keyof StepRun]: StepRun[K]};

export type TargetRecord = {
	readonly key: string;
	spec: Target;
	reason: string;
	readonly steps: StepRecord[];
	readonly checks: Map<string, CheckRecord>;
	facts?: ClusterFacts;
	problem?: Problem;
	cluster?: string;
	kept?: string;
	end?: TargetEnd;
};

export type RunRecord = {
	id: string;
	command: readonly string[];
	vipcheck: string;
	host: HostFacts;
	sources?: string;
	startedAt: number | undefined;
	endedAt: number;
	interrupted: string | undefined;
	finished: boolean;
	readonly targets: Map<string, TargetRecord>;
};

const UNKNOWN_HOST: HostFacts = {os: 'unknown', kernel: 'unknown', cpus: 0, memoryMiB: 0, node: 'unknown'};

/** Sorts a stream of events by target and check, judging nothing. */
export const collect = (events: Iterable<Event>): RunRecord => {
	const run: RunRecord = {
		id: 'unknown',
		command: [],
		vipcheck: 'unknown',
		host: UNKNOWN_HOST,
		startedAt: undefined,
		endedAt: 0,
		interrupted: undefined,
		finished: false,
		targets: new Map(),
	};
	for (const event of events) {
		run.startedAt ??= event.at;
		run.endedAt = Math.max(run.endedAt, event.at);
		add(run, event);
	}
	return run;
};

const add = (run: RunRecord, event: Event): void => {
	if ('check' in event) {
		addToCheck(targetOf(run, event.target), event, run.interrupted !== undefined);
		return;
	}
	if ('target' in event) {
		addToTarget(run, targetOf(run, event.target), event);
		return;
	}
	switch (event.type) {
		case 'run-started':
			// A second one is a resumed run: what ended the first says nothing any more.
			Object.assign(run, {
				id: event.id,
				command: event.command,
				vipcheck: event.vipcheck,
				host: event.host,
				...(event.sources !== undefined && {sources: event.sources}),
				interrupted: undefined,
				finished: false,
			});
			break;
		case 'interrupted':
			run.interrupted = event.signal;
			break;
		case 'run-finished':
			run.finished = true;
			break;
	}
};

export type CheckEvent = Extract<Event, {check: string}>;
type TargetEvent = Exclude<Extract<Event, {target: string}>, CheckEvent>;

const addToTarget = (run: RunRecord, target: TargetRecord, event: TargetEvent): void => {
	switch (event.type) {
		case 'target-planned':
			Object.assign(target, {spec: event.spec, reason: event.reason});
			delete target.end;
			delete target.problem;
			for (const planned of event.checks)
				target.checks.set(planned.id, {planned, attempts: target.checks.get(planned.id)?.attempts ?? []});
			break;
		case 'step-started':
			target.steps.push({name: event.step, startedAt: event.at, ...(event.log === undefined ? {} : {log: event.log})});
			break;
		case 'step-progress':
			break;
		case 'step-finished': {
			const step = target.steps.findLast(s => s.name === event.step && s.ms === undefined);
			if (step) Object.assign(step, {ms: event.ms}, event.error === undefined ? {} : {error: event.error});
			else
				target.steps.push({
					name: event.step,
					startedAt: event.at - event.ms,
					ms: event.ms,
					...(event.error === undefined ? {} : {error: event.error}),
				});
			break;
		}
		case 'cluster-owned':
			target.cluster = event.cluster;
			break;
		case 'cluster-ready':
			target.facts = event.facts;
			break;
		case 'target-failed':
			target.problem = event.problem;
			if (run.interrupted === undefined) target.end = {how: 'failed'};
			break;
		case 'runner-exited':
			if (run.interrupted === undefined && target.end?.how !== 'failed')
				target.end = {how: 'runner', exitCode: event.exitCode, signal: event.signal, output: event.output};
			break;
		case 'target-finished':
			if (event.kept !== undefined) target.kept = event.kept;
			if (run.interrupted === undefined) target.end ??= {how: 'finished'};
			break;
	}
};

const targetOf = (run: RunRecord, key: string): TargetRecord => {
	const known = run.targets.get(key);
	if (known) return known;
	const target: TargetRecord = {key, spec: specOf(key), reason: '', steps: [], checks: new Map()};
	run.targets.set(key, target);
	return target;
};

/** The reverse of targetKey, for an event that comes before its target's plan. */
const specOf = (key: string): Target => {
	const [provider = '', mode = '', family = '', version = '', nodeKernel] = key.split('/');
	return {
		provider,
		mode: mode as TargetMode,
		family: family as Family,
		version,
		workers: 0,
		...(nodeKernel !== undefined && {nodeKernel: nodeKernel as NodeKernel}),
	};
};
