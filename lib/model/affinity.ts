import type {Mode} from '../target.ts';
import {TRAITS} from './modes/traits.ts';

/** How the client's last connection ended: what of it the kernel keeps on remembering. */
export type Ending = 'fin' | 'rst' | 'udp';

/** ip_vs_proto_tcp.c and _udp.c: TIME_WAIT, CLOSE, and the life of a datagram's entry. */
const IPVS_ENTRY_SECONDS: Readonly<Record<Ending, number>> = {fin: 120, rst: 10, udp: 300};
/** ip_vs_conn_expire(): a persistence template that still controls a connection lives on for so long, again and again. */
const IPVS_REARM_SECONDS = 60;

/**
 * Seconds after its last connection in which a client still comes to the same backend. iptables and nftables: what the Service says, exact
 * to about a second (module recent; set timeout). ipvs: until the template expires while it controls no connection, so often much longer.
 */
export const affinityWindowSeconds = (mode: Mode, affinitySeconds: number, ending: Ending): number => {
	if (TRAITS[mode].affinity === 'exact') return affinitySeconds;
	// The connection starts with the template and closes a little later, so at a tie it is still there.
	const rearms = Math.max(0, Math.floor((IPVS_ENTRY_SECONDS[ending] - affinitySeconds) / IPVS_REARM_SECONDS) + 1);
	return affinitySeconds + rearms * IPVS_REARM_SECONDS;
};
