import type {V1Endpoint, V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import {FAMILY_NAMES} from '../../model/address.ts';
import {MANAGED_BY, SERVICE_NAME} from '../../model/service-slices.ts';
import {fullName} from './objects.ts';

/** The control plane's own controllers: for selectors, and for Endpoints that somebody made. */
const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

const indices = new WeakMap<readonly V1EndpointSlice[], ReadonlyMap<string, readonly V1EndpointSlice[]>>();

/** The slices of a Service, whoever made them, by an index. */
export const slicesFor = (service: V1Service, slices: readonly V1EndpointSlice[]): readonly V1EndpointSlice[] => {
	const index =
		indices.get(slices) ?? Map.groupBy(slices, ({metadata}) => `${metadata?.namespace}/${metadata?.labels?.[SERVICE_NAME] ?? ''}`);
	indices.set(slices, index);
	return index.get(fullName(service)) ?? [];
};

export const managerOf = ({metadata}: V1EndpointSlice): string | undefined => metadata?.labels?.[MANAGED_BY];
export const isControllers = (slice: V1EndpointSlice): boolean => CONTROLLERS.includes(managerOf(slice) ?? '');

/** Families that a Service serves, as slices name them. */
export const familiesOf = ({spec}: V1Service): readonly string[] =>
	spec?.ipFamilies && spec.ipFamilies.length > 0
		? spec.ipFamilies
		: [FAMILY_NAMES[(spec?.clusterIP ?? '').includes(':') ? 'ipv6' : 'ipv4']];

/** Slices of the Service that proxies would use: of its families. */
export const usedSlices = (service: V1Service, slices: readonly V1EndpointSlice[]): readonly V1EndpointSlice[] =>
	slicesFor(service, slices).filter(({addressType}) => familiesOf(service).includes(addressType));

export const endpointsOf = (slices: readonly V1EndpointSlice[]): readonly V1Endpoint[] => slices.flatMap(({endpoints}) => endpoints ?? []);

/** All of its endpoints, ready or not, of the families that it serves. */
export const allEndpoints = (service: V1Service, slices: readonly V1EndpointSlice[]): readonly V1Endpoint[] =>
	endpointsOf(usedSlices(service, slices));
