import type {V1DaemonSet} from '@kubernetes/client-node';
import {parseAllDocuments, stringify} from 'yaml';
import {API_VIP} from '../addresses.ts';
import {LEGACY_TOOLS} from '../parts/images.ts';
import {settled} from '../settled.ts';
import {waitFor} from '../wait.ts';
import {addon, ADMIN} from './addon.ts';
import type {WithMachines} from './machines.ts';
import type {MakingStep} from './step.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Without a request, as kubeadm has it, kube-proxy gets what kubelet, containerd and the pods leave it of the node's one processor: a sync
 * of ipvs, which runs 40 programs, then takes 8 s instead of 1.3.
 */
const RESOURCES = {requests: {cpu: '400m'}};

/** kubeadm's manifest of kube-proxy, as nodes with a kernel of their own need it: that kernel has no ip family of nf_tables. */
export const forOwnKernel = (manifest: string): string =>
	parseAllDocuments(manifest)
		.map(document => document.toJS() as V1DaemonSet | null)
		.filter(object => object !== null)
		.map(object => {
			if (object.kind !== 'DaemonSet' || !object.spec?.template.spec) return object;
			const pod = object.spec.template.spec;
			const containers = pod.containers.map(container => ({
				...container,
				resources: RESOURCES,
				env: [...(container.env ?? []), {name: 'PATH', value: `${LEGACY_TOOLS}:${PATH}`}],
			}));
			return {...object, spec: {...object.spec, template: {...object.spec.template, spec: {...pod, containers}}}};
		})
		.map(object => stringify(object))
		.join('---\n');

/** Installs kube-proxy, and waits until every Node has its rules. */
export const kubeProxyStep: MakingStep<WithMachines, void> = {
	name: 'kube-proxy',
	log: 'create.log',
	logs: ['/var/log/containerd.log', '/var/log/kubelet.log', '/var/log/pods/kube-system_kube-proxy-*/kube-proxy/*.log'],
	async run({target, api, nodes, signal, log}) {
		const {logs} = kubeProxyStep;
		if (target.nodeKernel === 'uml') {
			const manifest = await addon(api, 'kube-proxy', {signal, log}, {flags: ['--print-manifest']});
			await api.run(['kubectl', '--kubeconfig', ADMIN, 'apply', '--server-side', '--validate=false', '-f', '-'], {
				stdin: forOwnKernel(manifest),
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
