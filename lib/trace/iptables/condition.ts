import type {IpsetDump} from '../../facts/parse/ipset-save.ts';
import type {IptablesMatch} from '../../facts/parse/iptables-rule.ts';
import type {Path, Walk} from '../path.ts';
import {not, type Truth} from '../truth.ts';

export type Condition = (path: Path, walk: Walk) => Truth;

/** What one `-m` of a rule, or one condition without module, comes to. */
export type Part = {
	readonly condition?: Condition;
	/** So many match and no more: the first does. */
	readonly limits?: boolean;
	/** Of chance: the share of packets that match. */
	readonly chance?: number;
	/** Lists that the source is put into, taken from, or found in when the rule matches. */
	readonly remembers?: string;
	readonly forgets?: string;
	readonly recognises?: {readonly list: string; readonly seconds: number};
};

/** All options of one `-m`; sets where they were dumped. */
export type Reader = (options: readonly IptablesMatch[], sets: IpsetDump | undefined) => readonly Part[];

const spelled = ({module, option, negated, values}: IptablesMatch): string =>
	[...(module === '' ? [] : ['-m', module]), ...(negated ? ['!'] : []), ...(option === '' ? [] : [`--${option}`]), ...values].join(' ');

/** A match that is not understood, or of which the packet does not tell enough. */
export const unclear = (match: IptablesMatch): Part => ({condition: () => ({unclear: `${spelled(match)} is not known`})});

/** A condition that may be negated. */
export const holdsFor = ({negated}: IptablesMatch, condition: Condition): Part => ({
	condition: negated ? (path, walk) => not(condition(path, walk)) : condition,
});

/** Reads each option for itself; one that is not in the table is unclear, and the module's bare name (`-m tcp`) is nothing. */
export const byOption =
	(readers: Readonly<Record<string, (match: IptablesMatch) => Condition | undefined>>): Reader =>
	options =>
		options.flatMap(match => {
			if (match.option === '') return [];
			const condition = Object.hasOwn(readers, match.option) ? readers[match.option]!(match) : undefined;
			return [condition ? holdsFor(match, condition) : unclear(match)];
		});

/** Always true, whatever its options: it counts, or is for the reader. */
export const always: Reader = () => [];

/** `0x4000/0xff`, `5`: value and mask; undefined: not a mark. */
export const markOf = (text: string | undefined): {readonly value: number; readonly mask: number} | undefined => {
	const [, value, mask = '0xffffffff'] = /^(0x[\da-f]{1,8}|\d{1,10})(?:\/(0x[\da-f]{1,8}|\d{1,10}))?$/i.exec(text ?? '') ?? [];
	return value === undefined ? undefined : {value: Number(value) >>> 0, mask: Number(mask) >>> 0};
};
