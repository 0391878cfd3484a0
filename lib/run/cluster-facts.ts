import type {ClusterFacts} from '../events.ts';
import type {Kube} from '../kube.ts';
import {LOOK_TIMEOUT_MS} from '../limits.ts';
import {openShell} from '../shell/open.ts';
import {TransportError} from '../shell/shell.ts';
import type {ClusterRef} from '../target.ts';

/** What is really there: versions and kernels from the API, the mode from a running kube-proxy. */
export const clusterFacts = async (kube: Kube, cluster: ClusterRef): Promise<ClusterFacts> => {
	const [{gitVersion}, nodes, pods, modes] = await Promise.all([
		kube.version.getCode(),
		kube.core.listNode(),
		kube.core.listNamespacedPod({namespace: 'kube-system'}),
		Promise.all(cluster.nodes.map(async node => proxyMode(node))),
	]);
	return {
		kubernetes: gitVersion.replace(/^v/, ''),
		mode: [...new Set(modes)].join(' and '),
		nodes: nodes.items.map(({metadata, status}) => ({
			name: metadata?.name ?? '',
			role: metadata?.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane',
			kernel: status?.nodeInfo?.kernelVersion ?? 'unknown',
			runtime: status?.nodeInfo?.containerRuntimeVersion ?? 'unknown',
		})),
		parts: {...cluster.parts, ...Object.fromEntries(pods.items.flatMap(pod => pod.spec?.containers ?? []).map(({name, image}) => [name, image?.replace(/^.*:/, '') ?? 'unknown']))},
	};
};

/** The mode as kube-proxy says it on its metrics port (kubernetes/kubernetes cmd/kube-proxy: /proxyMode). */
const proxyMode = async ({name, access}: ClusterRef['nodes'][number]): Promise<string> => {
	const {exitCode, stdout, stderr} = await openShell(access, name).run(['curl', '--silent', '--show-error', '--max-time', '5', 'http://127.0.0.1:10249/proxyMode'], {timeoutMs: LOOK_TIMEOUT_MS});
	if (exitCode !== 0) throw new TransportError(`kube-proxy on ${name} does not say its mode: curl: exit code ${exitCode}: ${stderr.trim()}`);
	return stdout.trim();
};
