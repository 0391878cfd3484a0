import type {KubernetesObject} from '@kubernetes/client-node';

/** Where MetalLB is, by its own manifest. */
export const METALLB_NAMESPACE = 'metallb-system';

/** An IPAddressPool, named as for --metallb-pool: `name` or `namespace/name`. */
export const poolRef = (name: string): KubernetesObject => {
	const [own = '', namespace = METALLB_NAMESPACE] = name.split('/').toReversed();
	return {apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: {name: own, namespace}};
};
