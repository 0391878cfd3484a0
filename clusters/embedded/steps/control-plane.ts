import {API_CLIENTS} from '../control-plane.ts';
import {firstObjects} from '../first-objects.ts';
import type {Machine} from '../machine/machine.ts';
import {API_ANSWERS} from '../network.ts';
import {settled} from '../settled.ts';
import {waitFor} from '../wait.ts';
import {ADMIN} from './addon.ts';
import type {WithMachines} from './machines.ts';
import type {MakingStep} from './step.ts';

/** Waits for the API server, gives it the first objects, and lets all start that only retries without it. */
export const controlPlaneStep: MakingStep<WithMachines, void> = {
	name: 'control plane',
	log: 'create.log',
	logs: ['/var/log/kube-apiserver.log', '/var/log/etcd.log'],
	async run({target, names, api, nodes, signal, log}) {
		const {logs} = controlPlaneStep;
		const start = async (machine: Machine, held: readonly string[]): Promise<void> => {
			const services = held.map(name => `/etc/machine/services/${name}`);
			await waitFor(
				machine,
				`${held.join(' and ')} can be started`,
				`rm -f ${services.map(service => `${service}/down`).join(' ')} && sv up ${services.join(' ')}`,
				{logs: [], signal, log},
			);
		};
		await waitFor(api, 'the API server answers', API_ANSWERS, {logs, signal, log});
		await settled([
			// Server-side: a kubelet may make its own Node first, and a client-side apply then fails with AlreadyExists.
			// Not validated: for that kubectl has a fresh API server write its whole OpenAPI document, which an emulated one does not do in
			// kubectl's 32 s.
			api.run(['kubectl', '--kubeconfig', ADMIN, 'apply', '--server-side', '--force-conflicts', '--validate=false', '-f', '-'], {
				stdin: firstObjects(names, target.family),
				signal,
				log,
			}),
			start(api, API_CLIENTS),
			...nodes.map(async node => start(node, ['kubelet'])),
		]);
	},
};
