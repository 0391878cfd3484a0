import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import {isReadyEndpoint} from '../../model/service-slices.ts';
import {allEndpoints} from './endpoints.ts';
import {fullName, isExternalName, portText} from './objects.ts';

/** What the API server calls through a Service. */
export type Callback = {
	readonly namespace: string;
	readonly name: string;
	readonly port: number;
};

/** Why the API server cannot call a Service; undefined: it can, as far as objects tell. */
export const brokenCallback = (
	{namespace, name, port}: Callback,
	services: readonly V1Service[],
	slices: readonly V1EndpointSlice[],
): string | undefined => {
	const service = services.find(each => fullName(each) === `${namespace}/${name}`);
	if (!service) return `Service ${namespace}/${name} does not exist`;
	if (isExternalName(service)) return undefined;
	if (!service.spec?.ports?.some(each => each.port === port))
		return `Service ${namespace}/${name} has no port ${port}, but ${(service.spec?.ports ?? []).map(portText).join(', ')}`;
	return allEndpoints(service, slices).some(isReadyEndpoint) ? undefined : `Service ${namespace}/${name} has no ready endpoint`;
};
