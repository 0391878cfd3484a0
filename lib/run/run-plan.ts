import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {PlannedCheck} from '../events.ts';
import type {ClusterRef, Mode} from '../target.ts';

/** What the parent tells the processes that run the checks. */
export type RunPlan = {
	readonly runId: string;
	/** targetKey of the target. */
	readonly target: string;
	readonly cluster: ClusterRef;
	/** As found on the cluster. */
	readonly mode: Mode;
	readonly checks: readonly PlannedCheck[];
	readonly repeat: number;
};

const fileOf = (runDir: string): string => join(runDir, 'plan.json');

export const writeRunPlan = async (runDir: string, plan: RunPlan): Promise<void> => writeFile(fileOf(runDir), JSON.stringify(plan, undefined, '\t'));

export const readRunPlan = async (runDir: string): Promise<RunPlan> => JSON.parse(await readFile(fileOf(runDir), 'utf8')) as RunPlan;
