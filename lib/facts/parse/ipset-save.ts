import {remainder, type Remainder} from './remainder.ts';
import {wordsOf, type Word} from './words.ts';

/** Options by name; '' for those without a value (`comment` of a set, `nomatch`). */
export type IpsetOptions = Readonly<Record<string, string>>;

/** `parts` are those of the set's type: `10.96.0.1,tcp:443` has `10.96.0.1` and `tcp:443`. */
export type IpsetEntry = {
	readonly value: string;
	readonly parts: readonly string[];
	readonly line: number;
	readonly options: IpsetOptions;
};

export type Ipset = {
	readonly name: string;
	/** `hash:ip,port`. */
	readonly type: string;
	readonly line: number;
	/** family, maxelem, range, timeout (seconds) and so on. */
	readonly options: IpsetOptions;
	readonly entries: readonly IpsetEntry[];
};

export type IpsetDump = {readonly sets: ReadonlyMap<string, Ipset>; readonly remainder: readonly Remainder[]};

/** ipset(8); of sets and of entries. */
const WITH_VALUE = [
	'family',
	'hashsize',
	'maxelem',
	'timeout',
	'bucketsize',
	'initval',
	'range',
	'netmask',
	'bitmask',
	'markmask',
	'size',
	'packets',
	'bytes',
	'skbmark',
	'skbprio',
	'skbqueue',
	'before',
	'after',
];
const FLAGS = ['counters', 'skbinfo', 'forceadd', 'nomatch', 'wildcard'];

/** Undefined for options that are not known: they may change what the entry means. */
const optionsOf = (words: readonly Word[], entry: boolean): IpsetOptions | undefined => {
	const options: Record<string, string> = {};
	for (let at = 0; at < words.length; at++) {
		const {word, quoted} = words[at]!;
		const takes = WITH_VALUE.includes(word) || (entry && word === 'comment');
		if (quoted || !(takes || FLAGS.includes(word) || word === 'comment') || (takes && at + 1 === words.length)) return undefined;
		options[word] = takes ? words[++at]!.word : '';
	}
	return options;
};

/**
 * Reads the text of `ipset save`. Total: lines that are not understood, or that add to a set that is not created before, are in
 * `remainder`.
 */
export const parseIpsetSave = (text: string): IpsetDump => {
	const sets = new Map<string, Omit<Ipset, 'entries'> & {readonly entries: IpsetEntry[]}>();
	const odd: Remainder[] = [];
	const read = (source: string, line: number): string | undefined => {
		const words = wordsOf(source, false);
		if (!words) return 'a quote is not closed';
		const [verb, name, third, ...rest] = words;
		if (!verb) return undefined;
		if ((verb.word !== 'create' && verb.word !== 'add') || !name || !third) return 'not a line of ipset save';
		const options = optionsOf(rest, verb.word === 'add');
		if (!options) return 'an option that is not known';
		const set = sets.get(name.word);
		if (verb.word === 'add') {
			if (!set) return `set ${name.word} is not created`;
			set.entries.push({value: third.word, parts: third.word.split(','), line, options});
		} else if (set) return `set ${name.word} is created twice`;
		else sets.set(name.word, {name: name.word, type: third.word, line, options, entries: []});
		return undefined;
	};
	for (const [index, line] of text.split('\n').entries()) {
		const why = read(line, index + 1);
		if (why !== undefined) odd.push(remainder(index + 1, line, why));
	}
	return {sets, remainder: odd};
};
