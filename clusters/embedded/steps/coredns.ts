import {CLUSTER_STEP_TIMEOUT_MS} from '../../../lib/limits.ts';
import {API_VIP, CLUSTER_DNS} from '../addresses.ts';
import type {Machine} from '../machine/machine.ts';
import {settled} from '../settled.ts';
import {waitFor} from '../wait.ts';
import {addon, ADMIN} from './addon.ts';
import type {WithMachines} from './machines.ts';
import type {MakingStep} from './step.ts';

/** Installs CoreDNS, and waits until every Node is Ready and DNS answers. */
export const coreDnsStep: MakingStep<WithMachines, void> = {
	name: 'CoreDNS',
	log: 'create.log',
	logs: ['/var/log/kubelet.log', '/var/log/pods/kube-system_coredns-*/coredns/*.log'],
	async run({api, nodes, signal, log}) {
		const {logs} = coreDnsStep;
		await addon(api, 'coredns', {signal, log}, {patched: true});
		const limit = `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`;
		await settled([
			api.run(['kubectl', '--kubeconfig', ADMIN, 'wait', '--for=condition=Ready', 'node', '--all', limit], {signal, log}),
			waitFor(
				nodes.at(-1) as Machine,
				'DNS answers',
				`dig +time=5 +tries=1 +short @${CLUSTER_DNS} kubernetes.default.svc.cluster.local | grep -qx ${API_VIP}`,
				{logs, signal, log},
			),
		]);
	},
};
