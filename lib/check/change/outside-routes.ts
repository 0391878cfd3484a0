import type {ClusterRef, IpFamily} from '../../target.ts';
import type {Change, Command} from './command.ts';

/** Marks routes as ours (`ip route … proto`), so that they can be found again; the kernel and its daemons use numbers below 200, few of them (rtnetlink.h). */
const PROTOCOL = '118';

/** The host outside reaches addresses by the nodes given for them. */
export const outsideRoutes = ({access}: NonNullable<ClusterRef['outside']>, via: ReadonlyMap<string, string>): Change => {
	const outside = (argv: readonly string[], stdin?: string): Command => ({kind: 'beside', access, where: 'the host outside', argv, ...(stdin !== undefined && {stdin})});
	const families: readonly IpFamily[] = ['ipv4', 'ipv6'];
	return {
		name: 'routes of the host outside',
		make: [outside(['ip', '-batch', '-'], [...via].map(([ip, node]) => `route replace ${ip} via ${node} proto ${PROTOCOL}\n`).join(''))],
		undo: families.map(family => outside(['ip', family === 'ipv6' ? '-6' : '-4', 'route', 'flush', 'proto', PROTOCOL])),
	};
};
