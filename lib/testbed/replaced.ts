import {rolledOut} from '../change/rolled-out.ts';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {eventually} from '../wait/eventually.ts';
import type {Testbed} from './testbed.ts';

/** Waits until a Deployment has as many Ready pods as it shall have; others may still be ending. */
export const replaced = async ({kube, namespace, signal}: Testbed, name: string): Promise<void> =>
	eventually(`every pod of ${name} has its successor`, async () => rolledOut(kube, {namespace, deployment: name}), {
		timeoutMs: PODS_READY_TIMEOUT_MS,
		signal,
		onTimeout: 'broken',
	});
