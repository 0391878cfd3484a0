import {cacheRoot} from '../../lib/paths.ts';
import {PARTS} from '../../lib/target.ts';
import type {Provider} from '../provider.ts';
import {createCluster} from './create.ts';
import {destroyCluster, strayClusters} from './destroy.ts';
import {KUBERNETES_VERSIONS} from './parts.ts';
import {preflight} from './preflight.ts';

/** Our own cluster: each node a set of namespaces with a real kubelet, containerd and kube-proxy. Needs no container engine. */
const embedded: Provider = {
	name: 'embedded',
	modes: ['iptables', 'nftables'],
	versions: KUBERNETES_VERSIONS,
	parts: PARTS,
	preflight: async target => preflight(target, cacheRoot()),
	create: async (target, context) => createCluster(target, cacheRoot(), context),
	destroy: destroyCluster,
	strays: strayClusters,
};

export default embedded;
