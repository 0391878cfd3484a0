import type {V1Container} from '@kubernetes/client-node';
import {ownKernels, type ClusterRef} from '../target.ts';

/** Of a processor of such nodes, for each container of ours: twenty of them fit beside kube-proxy (400m) and CoreDNS (100m). */
const SHARE = '20m';

/**
 * What a container of ours asks for. Nodes with kernels of their own have one processor, and kube-proxy has asked for most of it: a pod
 * that asks for nothing weighs 2 there against 409 (`cpu.shares` of kubelet's group of best effort), so that nobody answers while rules of
 * many Services are made. Elsewhere nothing: a cluster that is full would not take them.
 */
export const shareOn = ({target}: Pick<ClusterRef, 'target'>): Pick<V1Container, 'resources'> =>
	ownKernels(target) ? {resources: {requests: {cpu: SHARE}}} : {};
