import type {Hooks} from '../../check/check-context.ts';
import {eventually} from '../../wait/eventually.ts';
import {lastWorker} from '../../testbed/last-worker.ts';
import type {Testbed} from '../../testbed/testbed.ts';
import {FAULT_IN_FORCE_TIMEOUT_MS} from '../../limits.ts';
import {carryOut, type Tools} from '../../change/carry-out.ts';
import type {Command} from '../../change/command.ts';
import {FaultError, type Fault} from './fault.ts';
import {continueDaemon, stopDaemon} from '../../change/daemon.ts';
import {carryOutUndo, saveUndo} from '../../change/undo.ts';

/** What has become of the injection. `node`: where, for faults of one node. */
export type Injection = {
	readonly state: 'not yet' | 'in' | 'could not be put in';
	readonly node?: string;
	readonly error?: unknown;
};

export type FaultHooks = {readonly hooks: Hooks; injection(): Injection};

const nodeOf = async (fault: Fault, testbed: Testbed) =>
	fault.on === 'node' ? ((await fault.choose?.(testbed)) ?? lastWorker(testbed)) : undefined;

/**
 * Hooks that put one fault in when the check has come so far, and take it out when its body has ended, however it ended. The undo is on
 * disk before anything is touched.
 */
export const faultHooks = (fault: Fault, check: string, clusterDir: string, tools: Tools): FaultHooks => {
	let injection: Injection = {state: 'not yet'};
	let undo: readonly Command[] = [];
	const save = async (commands: readonly Command[]): Promise<void> => {
		undo = commands;
		await saveUndo(clusterDir, {name: fault.id, check, commands});
	};

	const inject = async (testbed: Testbed): Promise<void> => {
		const node = await nodeOf(fault, testbed);
		injection = {...injection, ...(node && {node: node.name})};
		const always: Command[] = [];
		if (fault.on === 'node' && fault.stopsKubeProxy && node) {
			always.push(continueDaemon(node.name, 'kube-proxy'));
			await save(always);
			await carryOut(stopDaemon(node.name, 'kube-proxy'), tools, testbed.signal);
		}
		const plan = fault.on === 'node' ? await fault.plan(testbed, node as NonNullable<typeof node>) : await fault.plan(testbed);
		await save([...plan.undo, ...always]);
		for (const command of plan.inject) await carryOut(command, tools, testbed.signal);
		if (plan.inForce)
			await eventually(`${fault.id} is in force`, plan.inForce, {
				timeoutMs: FAULT_IN_FORCE_TIMEOUT_MS,
				signal: testbed.signal,
				onTimeout: 'broken',
			});
		injection = {...injection, state: 'in'};
		testbed.step(`${fault.id} is in${node ? `, on ${node.name}` : ''}: ${fault.title}`);
	};

	const put =
		(when: Fault['when']) =>
		async (testbed: Testbed): Promise<void> => {
			if (fault.when !== when || injection.state !== 'not yet') return;
			try {
				await inject(testbed);
			} catch (error) {
				injection = {...injection, state: 'could not be put in', error};
				throw new FaultError(`${fault.id} could not be put in`, {cause: error});
			}
		};

	return {
		hooks: {
			beforeBody: put('before-body'),
			settled: put('settled'),
			async afterBody() {
				if (undo.length > 0) await carryOutUndo(clusterDir, {name: fault.id, check, commands: undo}, tools);
			},
		},
		injection: () => injection,
	};
};
