import {DUMMY} from '../../model/rules/ipvs/addresses.ts';
import type {BaseChain} from '../base-chain.ts';

/** Stands for virtual servers that were not looked at: the addresses on ipvs' interface are theirs. */
export const unseenServers = (): BaseChain => ({
	hook: 'input',
	isNat: false,
	table: 'ipvs',
	priority: 99,
	run: (path, {place}) => [
		place.isOf(path.destination, DUMMY) === true
			? {
					path,
					end: 'unknown',
					why: `${path.destination.text} is an address of ${DUMMY}, and the virtual servers of ipvs are not known`,
				}
			: {path, end: 'accept'},
	],
});
