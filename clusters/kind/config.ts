import {stringify} from 'yaml';
import type {Target} from '../../lib/target.ts';

export type ConfigOptions = {
	readonly image: string;
	/** The node image has no pod network: the provider makes one. */
	readonly ownNetwork: boolean;
	/** The host has version 1 of cgroups, which kubelet refuses since 1.35 unless told otherwise. */
	readonly cgroupV1: boolean;
};

/** kind's configuration of a target (kind.sigs.k8s.io/docs/user/configuration). */
export const kindConfig = (
	{mode, family, workers}: Pick<Target, 'mode' | 'family' | 'workers'>,
	{image, ownNetwork, cgroupV1}: ConfigOptions,
): string =>
	stringify({
		kind: 'Cluster',
		apiVersion: 'kind.x-k8s.io/v1alpha4',
		networking: {kubeProxyMode: mode, ipFamily: family, ...(ownNetwork && {disableDefaultCNI: true})},
		nodes: [{role: 'control-plane', image}, ...Array.from({length: workers}, () => ({role: 'worker', image}))],
		...(cgroupV1 && {kubeadmConfigPatches: [stringify({kind: 'KubeletConfiguration', failCgroupV1: false})]}),
	});
