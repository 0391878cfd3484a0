import type {IpsetDump} from '../../facts/parse/ipset-save.ts';
import type {IptablesMatch} from '../../facts/parse/iptables-rule.ts';
import {always, unclear, type Part, type Reader} from './condition.ts';
import {
	addrtype,
	builtIn,
	connlimit,
	hashlimit,
	iprange,
	limit,
	multiport,
	never,
	ofProtocol,
	owner,
	physdev,
	pkttype,
	rpfilter,
	socket,
} from './match-packet.ts';
import {ipvs} from './match-ipvs.ts';
import {set} from './match-set.ts';
import {connmark, conntrack, mark, recent, statistic} from './match-state.ts';

const MODULES: Readonly<Record<string, Reader>> = {
	'': builtIn,
	comment: always,
	nfacct: always,
	tcp: ofProtocol('tcp'),
	udp: ofProtocol('udp'),
	sctp: ofProtocol('sctp'),
	icmp: never,
	icmp6: never,
	icmpv6: never,
	ah: never,
	esp: never,
	multiport,
	iprange,
	addrtype,
	physdev,
	pkttype,
	mark,
	connmark,
	conntrack,
	state: conntrack,
	statistic,
	recent,
	set,
	rpfilter,
	socket,
	owner,
	ipvs,
	limit,
	hashlimit,
	connlimit,
};

/**
 * Modules that ask for something without an option of their own. Of any other, a tool that prints its name alone has lost what it asks
 * (kubernetes#112477).
 */
const BARE = ['', 'comment', 'nfacct', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6', 'icmpv6', 'ah', 'esp', 'rpfilter', 'socket', 'limit'];

/** What all matches of a rule come to: the options of one `-m` belong together. */
export const partsOf = (matches: readonly IptablesMatch[], sets: IpsetDump | undefined): readonly Part[] =>
	[...Map.groupBy(matches, ({instance}) => instance).values()].flatMap(options => {
		const {module, option} = options[0]!;
		if (option === '' && !BARE.includes(module)) return [{condition: () => ({unclear: `what -m ${module} asks is not shown`})}];
		return Object.hasOwn(MODULES, module) ? MODULES[module]!(options, sets) : options.slice(0, 1).map(unclear);
	});
