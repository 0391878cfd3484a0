import type {IpsetDump} from '../../gather/parse/ipset-save.ts';
import type {IptablesMatch} from '../../gather/parse/iptables-rule.ts';
import {always, unclear, type Part, type Reader} from './condition.ts';
import {addrtype, builtIn, iprange, multiport, never, ofProtocol, physdev, pkttype} from './match-packet.ts';
import {set} from './match-set.ts';
import {connmark, conntrack, mark, recent, statistic} from './match-state.ts';

const MODULES: Readonly<Record<string, Reader>> = {
	'': builtIn,
	comment: always, nfacct: always,
	tcp: ofProtocol('tcp'), udp: ofProtocol('udp'), sctp: ofProtocol('sctp'), icmp: never, icmp6: never, icmpv6: never, ah: never, esp: never,
	multiport, iprange, addrtype, physdev, pkttype,
	mark, connmark, conntrack, state: conntrack,
	statistic, recent, set,
};

/** What all matches of a rule come to: the options of one `-m` belong together. */
export const partsOf = (matches: readonly IptablesMatch[], sets: IpsetDump | undefined): readonly Part[] =>
	[...Map.groupBy(matches, ({instance}) => instance).values()].flatMap(options => {
		const {module} = options[0]!;
		return Object.hasOwn(MODULES, module) ? MODULES[module]!(options, sets) : options.slice(0, 1).map(unclear);
	});
