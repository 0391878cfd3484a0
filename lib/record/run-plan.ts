import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {PlannedCheck} from './events.ts';
import type {ClusterRef, FoundMode} from '../target.ts';
import {safeName} from './safe-name.ts';

/** What the parent tells the processes that run the checks. */
export type RunPlan = {
	readonly runId: string;
	/** targetKey of the target. */
	readonly target: string;
	readonly cluster: ClusterRef;
	/** As found on the cluster. */
	readonly mode: FoundMode;
	readonly checks: readonly PlannedCheck[];
	readonly repeat: number;
};

/** Where a run keeps what belongs to one of its targets (plan, logs, evidence), from the run's directory. */
export const targetDir = (key: string): string => join('targets', safeName(key));

const fileOf = (runDir: string, target: string): string => join(runDir, targetDir(target), 'plan.json');

export const writeRunPlan = async (runDir: string, plan: RunPlan): Promise<void> => {
	await mkdir(join(runDir, targetDir(plan.target)), {recursive: true});
	await writeFile(fileOf(runDir, plan.target), JSON.stringify(plan, undefined, '\t'));
};

export const readRunPlan = async (runDir: string, target: string): Promise<RunPlan> =>
	JSON.parse(await readFile(fileOf(runDir, target), 'utf8')) as RunPlan;
