import {apiShell} from '../api-shell.ts';
import {unshared} from '../transport.ts';

/** A node by a pod of its network, over the API server: kube-proxy's own, or a debug pod that leads into the node. */
export default unshared<'pod'>(({kubeconfig, prefix, ...container}, where) => apiShell(kubeconfig, container, where, {prefix}));
