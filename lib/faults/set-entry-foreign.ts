import {ruleFault, type Breach} from './tools/rule-fault.ts';
import type {Edit} from './tools/edit.ts';

/** Of the ranges for documentation (RFC 5737, RFC 3849): no Service has them. */
const NOBODY = {inet: '192.0.2.1', inet6: '2001:db8::1'} as const;

/** A member that nobody asks for, by what the set is declared as. */
const memberOf = (header: string): string => {
	const ip = NOBODY[header.includes('family inet6') ? 'inet6' : 'inet'];
	if (header.startsWith('bitmap:port')) return '1';
	if (header.startsWith('hash:ip,port,')) return `${ip},tcp:9,${ip}`;
	return header.startsWith('hash:ip,port') ? `${ip},tcp:9` : ip;
};

export const setEntryForeign: Breach = graph =>
	[...graph.values()]
		.filter(({where}) => where.startsWith('ipset '))
		.flatMap(({where, parts}): readonly Edit[] =>
			parts
				.filter(({pieces: [verb]}) => verb === 'create')
				.map(({pieces: [, header = '']}) => ({kind: 'add', where, text: memberOf(header)})),
		);

export default ruleFault('one node has a member too many in each ipset', {ipvs: setEntryForeign});
