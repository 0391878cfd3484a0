import type {V1EndpointSlice, V1Pod, V1Service} from '@kubernetes/client-node';
import {isReadyPod} from '../model/pods.ts';
import {isReadyEndpoint, MANAGED_BY} from '../model/service-slices.ts';

/**
 * Pods that the EndpointSlices of the API's own controller hold as ready although they are on their way out, not Ready any more, or not
 * selected: it has not followed yet. None for a Service that publishes such pods too, or has no selector.
 */
export const notFollowed = (
	{spec}: Pick<V1Service, 'spec'>,
	slices: readonly V1EndpointSlice[],
	pods: readonly V1Pod[] | undefined,
): readonly string[] => {
	if (!pods || spec?.publishNotReadyAddresses) return [];
	const ready = new Set(pods.filter(pod => isReadyPod(pod)).map(({metadata}) => metadata?.name));
	return slices
		.filter(({metadata}) => metadata?.labels?.[MANAGED_BY] === 'endpointslice-controller.k8s.io')
		.flatMap(slice => slice.endpoints ?? [])
		.filter(endpoint => isReadyEndpoint(endpoint) && endpoint.targetRef?.kind === 'Pod' && !ready.has(endpoint.targetRef.name))
		.map(({targetRef}) => targetRef?.name ?? '');
};
