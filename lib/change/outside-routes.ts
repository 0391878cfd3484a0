import {ipFamilyOf} from '../ip.ts';
import type {ClusterRef} from '../target.ts';
import type {Change, Command} from './command.ts';

/**
 * Marks routes as ours (`ip route … proto`), so that nobody else's are taken back; the kernel and its daemons use numbers below 200, few of
 * them (rtnetlink.h).
 */
const PROTOCOL = '118';

/** How an address is reached: by a gateway, or right on the link of an interface, where it is asked for by ARP. */
type Hop = string | {readonly device: string};

const wayOf = (hop: Hop): string => (typeof hop === 'string' ? `via ${hop}` : `dev ${hop.device} scope link`);

/**
 * The host outside reaches addresses by the nodes given for them. The undo takes these routes back, and no others of ours: checks beside
 * this one have their own.
 */
export const outsideRoutes = ({access}: NonNullable<ClusterRef['outside']>, via: ReadonlyMap<string, Hop>): Change => {
	const routes = [...via];
	const batch = (lines: readonly string[]): readonly Command[] =>
		lines.length === 0
			? []
			: [
					{
						kind: 'beside',
						access,
						where: 'the host outside',
						argv: ['ip', '-batch', '-'],
						stdin: lines.map(line => `${line}\n`).join(''),
					},
				];
	const exactly = ([ip]: readonly [string, Hop]): string => `${ip}/${ipFamilyOf(ip) === 'ipv6' ? 128 : 32}`;
	return {
		name: 'routes of the host outside',
		make: batch(routes.map(([ip, hop]) => `route replace ${ip} ${wayOf(hop)} proto ${PROTOCOL}`)),
		// To flush what is not there is no error, unlike to delete it.
		undo: batch(routes.map(route => `route flush exact ${exactly(route)} proto ${PROTOCOL}`)),
	};
};
