import type {ClusterFacts} from '../record/surroundings.ts';
import type {Kube} from '../kube.ts';
import {LOOK_TIMEOUT_MS} from '../limits.ts';
import {TransportError, type Shell} from '../shell/shell.ts';
import type {Shells} from '../shell/shells.ts';
import type {ClusterRef} from '../target.ts';

/** What is really there: versions and kernels from the API, the mode from a running kube-proxy. */
export const clusterFacts = async (kube: Kube, cluster: ClusterRef, shells: Pick<Shells, 'node'>): Promise<ClusterFacts> => {
	const [{gitVersion}, nodes, pods, modes] = await Promise.all([
		kube.version.getCode(),
		kube.core.listNode(),
		kube.core.listNamespacedPod({namespace: 'kube-system'}),
		Promise.all(cluster.nodes.map(async ({name, access}) => ({node: name, mode: access && (await proxyMode(shells.node(name)))}))),
	]);
	return {
		kubernetes: gitVersion.replace(/^v/, ''),
		// Where no node can be asked, what the API told before holds.
		mode: cluster.nodes.some(({access}) => access) ? agreedMode(modes) : cluster.target.mode,
		nodes: nodes.items.map(({metadata, status}) => ({
			name: metadata?.name ?? '',
			role: metadata?.labels?.['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane',
			kernel: status?.nodeInfo?.kernelVersion ?? 'unknown',
			runtime: status?.nodeInfo?.containerRuntimeVersion ?? 'unknown',
			ips: (status?.addresses ?? []).flatMap(({type, address}) => (type === 'InternalIP' ? [address] : [])),
			pods: pods.items.flatMap(pod =>
				pod.spec?.nodeName === metadata?.name && !pod.spec?.hostNetwork && pod.status?.podIP !== undefined
					? [{name: pod.metadata?.name ?? '', ip: pod.status.podIP}]
					: [],
			),
		})),
		...(cluster.outside && {outside: cluster.outside.ips}),
		parts: {
			...cluster.parts,
			...Object.fromEntries(
				pods.items
					.flatMap(pod => pod.spec?.containers ?? [])
					.map(({name, image}) => [name, image?.replace(/^.*:/, '') ?? 'unknown']),
			),
		},
	};
};

/**
 * The mode as kube-proxy says it on its metrics port (kubernetes/kubernetes cmd/kube-proxy: /proxyMode); undefined where it says nothing.
 * A kube-proxy that hangs on some node is for the checks to find, not a reason to check nothing.
 */
const proxyMode = async (node: Shell): Promise<string | undefined> => {
	const {exitCode, stdout} = await node.run(['curl', '--silent', '--show-error', '--max-time', '5', 'http://127.0.0.1:10249/proxyMode'], {
		timeoutMs: LOOK_TIMEOUT_MS,
	});
	return exitCode === 0 ? stdout.trim() : undefined;
};

/** One mode that all nodes agree on which say one; several are all named, none is an error. */
export const agreedMode = (modes: readonly {node: string; mode: string | undefined}[]): string => {
	const said = [...new Set(modes.flatMap(({mode}) => mode ?? []))];
	if (said.length === 0)
		throw new TransportError(
			`no kube-proxy says its mode (asked on ${modes.map(({node}) => node).join(', ')}: http://127.0.0.1:10249/proxyMode)`,
		);
	return said.join(' and ');
};
