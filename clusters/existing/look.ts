import {parse} from 'yaml';
import {apiError, isNotFound} from '../../lib/kube-error.ts';
import type {Kube} from '../../lib/kube.ts';
import {modeOf, type ClusterRef, type FoundMode} from '../../lib/target.ts';
import {clusterImages} from '../embedded/parts/images.ts';
import {PUBLIC_IMAGES} from '../embedded/parts.ts';

/** Fails in one line; a right that is missing is named. */
export const orMissingRight = async <T>(right: string, ask: Promise<T>): Promise<T> =>
	ask.catch((cause: unknown) => {
		if (apiError(cause)?.code === 403) throw new Error(`this account may not ${right}`, {cause});
		throw cause;
	});

/** What programs the nodes, as the ConfigMap of kubeadm's kube-proxy says; without one another program does. */
export const foundMode = async (kube: Kube): Promise<FoundMode> => {
	try {
		const {data} = await orMissingRight(
			'get configmaps in kube-system, which tell the mode of kube-proxy',
			kube.core.readNamespacedConfigMap({namespace: 'kube-system', name: 'kube-proxy'}),
		);
		const {mode} = (parse(data?.['config.conf'] ?? '') ?? {}) as {mode?: string};
		// An empty mode is the default on Linux.
		return modeOf(mode === undefined || mode === '' ? 'iptables' : mode) ?? 'none';
	} catch (error) {
		if (isNotFound(error)) return 'none';
		throw error;
	}
};

/** Those of our own that every node has already, or else public ones. */
export const imagesFor = (onNodes: readonly (readonly string[])[], version: string): ClusterRef['images'] => {
	const own = clusterImages(version);
	if (onNodes.every(names => names.includes(own.agnhost) && names.includes(own.client))) return own;
	return PUBLIC_IMAGES;
};
