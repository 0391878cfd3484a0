import type {IptablesMatch} from '../../../facts/parse/iptables-rule.ts';

const ORDER = ['ipvs', 'vproto', 'vaddr', 'vport', 'vdir', 'vmethod', 'vportctl'];
const PROTOCOLS: Readonly<Record<string, string>> = {6: 'tcp', 17: 'udp', 132: 'sctp'};

/**
 * Up to iptables 1.8.8 or so the option is saved as --proto (ipvs_mt_dump of extensions/libxt_ipvs.c), which iptables itself does not read
 * back.
 */
const named = (match: IptablesMatch): IptablesMatch => (match.option === 'proto' ? {...match, option: 'vproto'} : match);

const spelled = (match: IptablesMatch): IptablesMatch =>
	match.option === 'vproto' ? {...match, values: match.values.map(value => PROTOCOLS[value] ?? value)} : match;

/** Options of one `-m ipvs` in iptables-save's order, with protocols by name: `--vproto tcp --vaddr 192.0.2.1 --vport 80`. */
export const ipvsOptions = (options: readonly IptablesMatch[]): readonly IptablesMatch[] =>
	options.map(option => spelled(named(option))).toSorted((a, b) => ORDER.indexOf(a.option) - ORDER.indexOf(b.option));
