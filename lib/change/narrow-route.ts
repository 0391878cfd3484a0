import {ipFamilyOf} from '../ip.ts';
import type {Change, Command} from './command.ts';

/** A table of routes of ours, and where its rule stands: before the main table. */
const TABLE = '11800';
const PREFERENCE = '1180';

/** A node's way to an address carries packets of so many bytes and no more: of larger ones it tells the sender. */
export const narrowRoute = (node: string, ip: string, mtu: number): Change => {
	const family = ipFamilyOf(ip) === 'ipv6' ? '-6' : '-4';
	const run = (script: string): Command => ({kind: 'run', node, argv: ['sh', '-c', script, 'sh', ip, String(mtu)]});
	const device = `$(ip ${family} -o route get "$1" | sed -n "s/.* dev \\([^ ]*\\).*/\\1/p")`;
	return {
		name: `way of ${node} to ${ip} is narrow`,
		make: [
			run(`ip ${family} route replace "$1" dev "${device}" mtu lock "$2" table ${TABLE}`),
			run(`ip ${family} rule add to "$1" lookup ${TABLE} pref ${PREFERENCE}`),
		],
		undo: [
			run(`ip ${family} rule del to "$1" pref ${PREFERENCE} 2>/dev/null; ip ${family} route flush table ${TABLE} 2>/dev/null; true`),
		],
	};
};
