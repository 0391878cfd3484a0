import type {IpFamily} from '../../target.ts';
import {parseIptablesSave, type IptablesDump} from './iptables-save.ts';

/** `-c 5 300` of `iptables -S -v`. */
const COUNTERS = / -c (\d+) (\d+)(?= |$)/;

const savedLine = (line: string): string => {
	const [, policyOf, policy] = /^-P (\S+) (\S+)/.exec(line) ?? [];
	if (policyOf !== undefined) return `:${policyOf} ${policy}`;
	const own = /^-N (\S+)/.exec(line)?.[1];
	if (own !== undefined) return `:${own} -`;
	const [, packets, bytes] = COUNTERS.exec(line) ?? [];
	return packets === undefined ? line : `[${packets}:${bytes}] ${line.replace(COUNTERS, '')}`;
};

/**
 * Reads the text of `iptables -t TABLE -S`, with or without -v: the same as iptables-save with that table alone. The text does not say
 * which table it is of. Total as `parseIptablesSave`; lines are those of the text.
 */
export const parseIptablesList = (text: string, table: string, family: IpFamily): IptablesDump => {
	const dump = parseIptablesSave(`*${table}\n${text.trimEnd().split('\n').map(savedLine).join('\n')}\nCOMMIT\n`, family);
	const above = <T extends {readonly line: number}>(item: T): T => ({...item, line: Math.max(item.line - 1, 0)});
	return {
		...dump,
		remainder: dump.remainder.map(above),
		tables: new Map(
			[...dump.tables].map(([name, {chains}]) => [
				name,
				{name, chains: new Map([...chains].map(([key, chain]) => [key, {...above(chain), rules: chain.rules.map(above)}]))},
			]),
		),
	};
};
