import {access} from 'node:fs/promises';

/**
 * How pods hang on their node: by a bridge, as with kubenet and flannel, or each by a link of its own, as with kindnet.
 * Over a bridge two pods of one node talk past the node's rules unless the kernel has br_netfilter; then a Service loses its replies.
 */
export type PodLinks = 'bridge' | 'ptp';

/** The bridge where the kernel has br_netfilter (a module that is never loaded by itself, and not ours to load), links otherwise. */
export const podLinks = async (): Promise<PodLinks> =>
	access('/proc/sys/net/bridge/bridge-nf-call-iptables').then(
		() => 'bridge',
		() => 'ptp',
	);
