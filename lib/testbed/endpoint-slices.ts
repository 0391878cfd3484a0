import type {V1Endpoint} from '@kubernetes/client-node';
import type {Testbed} from './testbed.ts';
import type {EchoPod} from './workloads.ts';

/** An endpoint of a slice: where an echo pod is, ready unless `conditions` say otherwise. */
export const endpointAt = ({ip, node}: EchoPod, conditions: NonNullable<V1Endpoint['conditions']> = {ready: true}): V1Endpoint => ({
	addresses: [ip],
	nodeName: node,
	conditions,
});

/** Makes an EndpointSlice of a Service without a selector: one port `http` at 8080 of each endpoint. */
export const makeSlice = async (
	{kube, namespace, family}: Pick<Testbed, 'kube' | 'namespace' | 'family'>,
	{name, endpoints}: {name: string; endpoints: readonly V1Endpoint[]},
	service = 'echo',
): Promise<void> => {
	await kube.discovery.createNamespacedEndpointSlice({
		namespace,
		body: {
			metadata: {name, labels: {'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'vipcheck'}},
			addressType: family === 'ipv6' ? 'IPv6' : 'IPv4',
			ports: [{name: 'http', port: 8080, protocol: 'TCP'}],
			endpoints: [...endpoints],
		},
	});
};

/** Puts other endpoints into such a slice. */
export const replaceSlice = async (
	{kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>,
	{name, endpoints}: {name: string; endpoints: readonly V1Endpoint[]},
): Promise<void> => {
	const made = await kube.discovery.readNamespacedEndpointSlice({namespace, name});
	await kube.discovery.replaceNamespacedEndpointSlice({namespace, name, body: {...made, endpoints: [...endpoints]}});
};
