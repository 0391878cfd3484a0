import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../../../lib/limits.ts';
import {cacheRoot} from '../../../../lib/paths.ts';
import type {Support, Target} from '../../../../lib/target.ts';
import type {PutIn} from '../../../provider.ts';
import {kernelOf} from '../../kernels/kernels.ts';
import {openMachine} from '../../machine/open.ts';
import {versionOfGo} from '../../parts/go-environment.ts';
import {networkPolicyParts} from '../../parts/network-policy.ts';
import {settled} from '../../settled.ts';
import {ADMIN} from '../../steps/addon.ts';
import {waitFor} from '../../wait.ts';
import {importImages} from '../import-images.ts';
import {MANIFEST, NAME, NAMESPACE} from './manifest.ts';
import {queueRules} from './queue-rules.ts';
import {trial} from './trial.ts';

/** Whether policies can be enforced here at all. */
export const networkPolicySupport = async ({nodeKernel}: Pick<Target, 'nodeKernel'>): Promise<Support> => {
	if (!kernelOf(nodeKernel).queuesPackets) return {ok: false, why: 'the kernel of its nodes hands no packets over to programs (NFQUEUE)'};
	return (await versionOfGo()) === undefined
		? {ok: false, why: 'the program that does it is built from source, and go is not on the PATH (go.dev/doc/install)'}
		: {ok: true, how: 'put in when a check asks for it'};
};

/** kube-network-policies on every node; a packet that a policy denies has been seen to be dropped when this returns. */
export const putInNetworkPolicy: PutIn = async ({dir, id, nodes, target, images}, {step, progress, signal}) => {
	const log = join(dir, 'logs', 'network-policy.log');
	const options = {signal, log};
	const owner = {cluster: dir, id};
	const api = await openMachine(owner, 'api');
	const kubectl = async (argv: readonly string[], stdin?: string): Promise<string> =>
		api.run(['kubectl', '--kubeconfig', ADMIN, ...argv], {...options, ...(stdin !== undefined && {stdin})});
	if ((await kubectl(['get', 'daemonsets', '--namespace', NAMESPACE, '--output', 'name'])).includes(`/${NAME}`)) return;
	const archive = await step('network policy parts', async () => networkPolicyParts({cache: cacheRoot(), progress, ...options}));
	await step('network policies', async () => {
		const image = await readFile(archive);
		const machines = await Promise.all(nodes.map(async ({name}) => openMachine(owner, name)));
		await settled(machines.map(async node => importImages(node, [image], options)));
		const items = JSON.stringify({apiVersion: 'v1', kind: 'List', items: MANIFEST});
		await kubectl(['apply', '--server-side', '--filename', '-'], items);
		await kubectl(['rollout', 'status', `daemonset/${NAME}`, '--namespace', NAMESPACE, `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`]);
		const {argv, stdin} = queueRules(target.family);
		await settled(machines.map(async node => node.run(argv, {...options, stdin})));
	});
	await step('network policies are enforced', async () => {
		const {objects, policy, isServed, isDropped, namespace} = trial(images.agnhost);
		const logs = [`/var/log/pods/${NAMESPACE}_${NAME}*/*/*.log`];
		await kubectl(['apply', '--server-side', '--filename', '-'], objects);
		try {
			await waitFor(api, 'a pod is served', isServed, {logs, ...options});
			await kubectl(['apply', '--server-side', '--filename', '-'], policy);
			await waitFor(api, 'a policy that lets nobody in is enforced', isDropped, {logs, ...options});
		} finally {
			await kubectl(['delete', 'namespace', namespace, '--wait=false']);
		}
	});
};
