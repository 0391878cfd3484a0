import {cacheRoot} from '../../lib/paths.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {hostLook} from '../containers/host-look.ts';
import {KUBERNETES_VERSIONS} from '../embedded/parts.ts';
import type {Provider} from '../provider.ts';
import {createCluster} from './create.ts';
import {destroyCluster, strayClusters} from './destroy.ts';
import {preflight} from './preflight.ts';

/** Clusters of k3d's own CLI: k3s, each node a container. Not verified on a real k3s: see README. */
const k3d: Provider = {
	name: 'k3d',
	modes: ['iptables', 'ipvs', 'nftables'],
	versions: KUBERNETES_VERSIONS,
	takesImage: true,
	preflight: async target => preflight(target, hostLook(localShell('this host'))),
	create: async (target, context) => createCluster(target, cacheRoot(), context),
	destroy: destroyCluster,
	strays: strayClusters,
};

export default k3d;
