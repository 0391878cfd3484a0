import {cacheRoot} from '../../lib/paths.ts';
import {MODES, NODE_KERNELS, PARTS} from '../../lib/target.ts';
import type {Provider} from '../provider.ts';
import {putInMetalLb} from './add-ons/metallb.ts';
import {putInNetworkPolicy} from './add-ons/network-policy/index.ts';
import {putInOlderProxy} from './add-ons/older-proxy.ts';
import {createCluster} from './create.ts';
import {destroyCluster, strayClusters} from './destroy.ts';
import {KUBERNETES_VERSIONS} from './parts.ts';
import {preflight} from './preflight.ts';

/**
 * Our own cluster: each node a set of namespaces, or a kernel of its own, with a real kubelet, containerd and kube-proxy. Needs no
 * container engine.
 */
const embedded: Provider = {
	name: 'embedded',
	modes: MODES,
	versions: KUBERNETES_VERSIONS,
	parts: PARTS,
	nodeKernels: NODE_KERNELS,
	preflight: async target => preflight(target, cacheRoot()),
	create: async (target, context) => createCluster(target, cacheRoot(), context),
	destroy: destroyCluster,
	strays: strayClusters,
	addOns: {metallb: putInMetalLb, 'network-policy': putInNetworkPolicy, 'older-proxy': putInOlderProxy},
};

export default embedded;
