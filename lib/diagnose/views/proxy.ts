import type {V1DaemonSet, V1Node, V1Pod} from '@kubernetes/client-node';
import {modeOf, proxyConfigOf} from '../../gather/proxy-config.ts';
import type {ProxyConfig} from '../../model/state.ts';
import {TransportError} from '../../shell/shell.ts';

/** Programs that serve Services in kube-proxy's place, by their DaemonSets. */
const REPLACEMENTS: readonly (readonly [name: RegExp, what: string])[] = [
	[/^cilium$/, 'Cilium'],
	[/^anetd$/, 'GKE Dataplane V2 (Cilium)'],
	[/^kube-router$/, 'kube-router'],
	[/^antrea-agent$/, 'Antrea'],
	[/^calico-node$/, 'Calico (eBPF)'],
	[/^ovnkube-node/, 'OVN-Kubernetes'],
];

/** Who serves Services. `embedded`: kube-proxy runs inside another program of the node, so no pod of its own is to be seen. */
export type Proxy =
	| {readonly kind: 'kube-proxy'; readonly pods: readonly V1Pod[]}
	| {readonly kind: 'embedded'; readonly in: string}
	| {readonly kind: 'other'; readonly name: string}
	| {readonly kind: 'unseen'};

export const isKubeProxy = ({metadata}: V1Pod): boolean =>
	metadata?.namespace === 'kube-system' &&
	(metadata.labels?.['k8s-app'] === 'kube-proxy' ||
		metadata.labels?.['component'] === 'kube-proxy' ||
		metadata.labels?.['tier'] === 'node-proxy');

export const proxyOf = (pods: readonly V1Pod[], nodes: readonly V1Node[], daemonSets: readonly V1DaemonSet[] = []): Proxy => {
	const own = pods.filter(isKubeProxy);
	if (own.length > 0 || daemonSets.some(({metadata}) => metadata?.namespace === 'kube-system' && metadata.name === 'kube-proxy'))
		return {kind: 'kube-proxy', pods: own};
	const [, distribution] = nodes.map(({status}) => /\+(k3s|rke2)/.exec(status?.nodeInfo?.kubeletVersion ?? '')).find(Boolean) ?? [];
	if (distribution !== undefined) return {kind: 'embedded', in: distribution};
	for (const [name, what] of REPLACEMENTS)
		if (daemonSets.some(({metadata}) => name.test(metadata?.name ?? ''))) return {kind: 'other', name: what};
	return {kind: 'unseen'};
};

/** Why rules about kube-proxy have nothing to judge; undefined: they have. */
export const withoutKubeProxy = (proxy: Proxy): string | undefined => {
	if (proxy.kind === 'other') return `mode none: ${proxy.name} serves Services here, not kube-proxy`;
	if (proxy.kind === 'embedded') return `kube-proxy runs inside ${proxy.in} here: it has no pods`;
	return proxy.kind === 'unseen' ? 'no kube-proxy is to be seen here: it may run outside of pods' : undefined;
};

/** Its configuration; undefined: text that is none. */
export const configOf = (text: string): {readonly mode: string; readonly config: ProxyConfig} | undefined => {
	try {
		return {mode: modeOf(text), config: proxyConfigOf(text, undefined)};
	} catch (error) {
		if (error instanceof TransportError) return undefined;
		throw error;
	}
};

/** `36` of `registry/kube-proxy:v1.36.3`; undefined: the tag is no version. */
export const minorOfImage = (image: string | undefined): number | undefined => {
	const [, minor] = /:v?1\.(\d+)\.[^/]*$/.exec(image ?? '') ?? [];
	return minor === undefined ? undefined : Number(minor);
};
