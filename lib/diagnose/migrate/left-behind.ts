import type {Mode} from '../../target.ts';

const VIRTUAL_SERVERS = 'its virtual servers and the addresses on kube-ipvs0 go on serving, also of Services that are gone';

/**
 * What kube-proxy's new mode makes of what the old one made on a node (platformCleanup in cmd/kube-proxy/app/server_linux.go, and
 * cleanup.go of each mode, 1.37).
 */
const LEFT: Partial<Record<`${Mode} ${Mode}`, string>> = {
	'ipvs iptables': `stays: ${VIRTUAL_SERVERS}, until the node is booted or kube-proxy --cleanup has run there`,
	'ipvs nftables':
		'is taken away when kube-proxy starts, where `modprobe -va ip_vs` succeeds in its container; where it does not, ' +
		`${VIRTUAL_SERVERS}, until the node is booted`,
	'iptables ipvs': 'stays in part: chains of iptables mode, to which nothing leads any more',
};

/** undefined: nothing is left. */
export const leftBehind = (from: Mode, to: Mode): string | undefined => LEFT[`${from} ${to}`];
