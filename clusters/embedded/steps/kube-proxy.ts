import {API_VIP} from '../addresses.ts';
import {kernelOf} from '../kernels/kernels.ts';
import {settled} from '../settled.ts';
import {waitFor} from '../wait.ts';
import {addon, ADMIN} from './addon.ts';
import type {WithMachines} from './machines.ts';
import type {MakingStep} from './step.ts';

/** Installs kube-proxy, and waits until every Node has its rules. */
export const kubeProxyStep: MakingStep<WithMachines, void> = {
	name: 'kube-proxy',
	log: 'create.log',
	logs: ['/var/log/containerd.log', '/var/log/kubelet.log', '/var/log/pods/kube-system_kube-proxy-*/kube-proxy/*.log'],
	async run({target, api, nodes, signal, log}) {
		const {logs} = kubeProxyStep;
		const {proxyManifest} = kernelOf(target.nodeKernel);
		if (proxyManifest) {
			const manifest = await addon(api, 'kube-proxy', {signal, log}, {flags: ['--print-manifest']});
			await api.run(['kubectl', '--kubeconfig', ADMIN, 'apply', '--server-side', '--validate=false', '-f', '-'], {
				stdin: proxyManifest(manifest),
				signal,
				log,
			});
		} else await addon(api, 'kube-proxy', {signal, log});
		// CoreDNS must not dial the API's VIP before there are rules: its first connection would be tracked without them and hang for
		// client-go's whole 30 s. Plain HTTP, which the API server answers with 400: curl counts a TLS handshake as a part of the
		// connection, and that may take seconds on a slow machine.
		await settled(
			nodes.map(async node =>
				waitFor(node, 'kube-proxy has rules', `curl --silent --connect-timeout 1 --max-time 10 http://${API_VIP}:443/`, {
					logs,
					signal,
					log,
				}),
			),
		);
	},
};
