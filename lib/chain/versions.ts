import type {V1EndpointSlice, V1ObjectMeta, V1Service} from '@kubernetes/client-node';
import {slicesOf} from '../model/service-slices.ts';

/**
 * Says whether a Service and its endpoints are those of another moment: equal texts, nothing that kube-proxy must follow has changed
 * between. A slice's generation does not count its annotations.
 */
export const versionsOf = (service: V1Service, slices: readonly V1EndpointSlice[]): string =>
	[
		`${service.metadata?.uid}@${service.metadata?.resourceVersion}`,
		...slicesOf(service, slices)
			.map(({metadata}) => `${metadata?.name} ${metadata?.uid}@${metadata?.generation ?? metadata?.resourceVersion}`)
			.sort(),
	].join(', ');

const timesOf = (metadata: V1ObjectMeta | undefined): readonly number[] =>
	[metadata?.creationTimestamp, ...(metadata?.managedFields ?? []).map(({time}) => time)].flatMap(time =>
		time === undefined ? [] : [new Date(time).getTime()],
	);

/**
 * When a Service or one of its slices was last changed, in whole seconds of the API server's clock (ms since 1970); undefined where the
 * objects do not say.
 */
export const changedAtMs = (service: V1Service, slices: readonly V1EndpointSlice[]): number | undefined => {
	const times = [service, ...slicesOf(service, slices)].flatMap(({metadata}) => timesOf(metadata));
	return times.length === 0 ? undefined : Math.max(...times);
};

/** `namespace/name`. */
export const fullName = ({metadata}: {readonly metadata?: V1ObjectMeta}): string => `${metadata?.namespace}/${metadata?.name}`;
