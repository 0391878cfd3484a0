import type {V1ServiceSpec} from '@kubernetes/client-node';
import type {Testbed} from './testbed.ts';

/** Changes members of a Service's spec; `undefined` takes one away. Answers the spec as the API then has it. */
export const changeService = async (
	{kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>,
	name: string,
	change: Partial<V1ServiceSpec>,
): Promise<V1ServiceSpec> => {
	const made = await kube.core.readNamespacedService({namespace, name});
	const body = {...made, spec: {...made.spec, ...change}};
	return (await kube.core.replaceNamespacedService({namespace, name, body})).spec ?? {};
};
