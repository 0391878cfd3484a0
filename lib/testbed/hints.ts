import type {V1EndpointHints} from '@kubernetes/client-node';
import {PROGRAMMED_TIMEOUT_MS} from '../limits.ts';
import {eventually} from '../wait/eventually.ts';
import type {Testbed} from './testbed.ts';

/** Waits until the controller has given every endpoint of a Service a hint of a kind. */
export const hinted = async (
	{kube, namespace, signal}: Pick<Testbed, 'kube' | 'namespace' | 'signal'>,
	name: string,
	of: (hints: V1EndpointHints) => readonly unknown[] | undefined,
): Promise<void> =>
	eventually(
		`every endpoint of ${name} has a hint`,
		async () => {
			const {items} = await kube.discovery.listNamespacedEndpointSlice({
				namespace,
				labelSelector: `kubernetes.io/service-name=${name}`,
			});
			const endpoints = items.flatMap(slice => slice.endpoints ?? []);
			const without = endpoints.filter(({hints}) => !hints || (of(hints) ?? []).length === 0);
			if (endpoints.length > 0 && without.length === 0) return {done: true, value: undefined};
			return {
				done: false,
				observed: `${without.length} of ${endpoints.length} have none: ${without.flatMap(({addresses}) => addresses).join(', ')}`,
			};
		},
		{timeoutMs: PROGRAMMED_TIMEOUT_MS, signal},
	);
