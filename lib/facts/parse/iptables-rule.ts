import {wordsOf, type Word} from './words.ts';

/** One condition of a rule. A module that is named without an option of its own (`-m tcp`) has one with option ''. */
export type IptablesMatch = {
	/** '' for the conditions that need none: source, destination, protocol, in-interface, out-interface, fragment. */
	readonly module: string;
	/** Long name without dashes: `dport`, `ctstate`, `source` for -s. */
	readonly option: string;
	readonly negated: boolean;
	readonly values: readonly string[];
	/**
	 * Which -m of the rule it belongs to, from 1; 0 without module. The same module may occur twice with different meaning (set, recent).
	 */
	readonly instance: number;
};

export type IptablesOption = {
	readonly option: string;
	readonly negated: boolean;
	readonly values: readonly string[];
};
export type Counters = {readonly packets: number; readonly bytes: number};

export type IptablesRule = {
	readonly table: string;
	readonly chain: string;
	/** From 1, as iptables counts: rules that were not understood count too. */
	readonly position: number;
	/** Line of the dump, from 1. */
	readonly line: number;
	/** Verbatim, without counters: can be given to iptables again. */
	readonly text: string;
	/** In the order of the text; comments are here too. */
	readonly matches: readonly IptablesMatch[];
	/** Chain or target; undefined for a rule that only counts. */
	readonly target?: string;
	/** -g: a return from the chain goes on after the caller's caller. */
	readonly goto: boolean;
	readonly targetOptions: readonly IptablesOption[];
	/** Comments of the rule, unescaped. */
	readonly comment?: string;
	readonly counters?: Counters;
};

const BUILT_IN: Readonly<Record<string, string>> = {
	'-s': 'source',
	'--source': 'source',
	'--src': 'source',
	'-d': 'destination',
	'--destination': 'destination',
	'--dst': 'destination',
	'-p': 'protocol',
	'--protocol': 'protocol',
	'-i': 'in-interface',
	'--in-interface': 'in-interface',
	'-o': 'out-interface',
	'--out-interface': 'out-interface',
	'-f': 'fragment',
	'--fragment': 'fragment',
};

const MODULE = ['-m', '--match'];
const JUMP = ['-j', '--jump'];
const GOTO = ['-g', '--goto'];

/** `-1` is a number, `-j` is not. */
const isOption = ({word, quoted}: Word): boolean => !quoted && (/^-{1,2}[a-zA-Z]/.test(word) || word === '!');

/** Options that iptables takes more than once, by module. */
const REPEATED = ['policy'];

/**
 * The option that a rule has twice. iptables takes none twice: a tool that prints one so does not understand the rule that the kernel holds
 * (kubernetes#114537).
 */
const twice = (matches: readonly IptablesMatch[], options: readonly IptablesOption[]): string | undefined => {
	const names = [
		...matches.filter(({module}) => !REPEATED.includes(module)).map(({option, instance}) => `${instance} ${option}`),
		...options.map(({option}) => `target ${option}`),
	];
	const again = names.find((name, at) => names.indexOf(name) !== at);
	return again === undefined ? undefined : `--${again.split(' ')[1]}`;
};

type Read = Pick<IptablesRule, 'matches' | 'target' | 'goto' | 'targetOptions' | 'comment'>;

/** Reads one rule, `-A CHAIN …` without counters. Total: what cannot be read has a reason. */
export const parseRule = (text: string): Read | {readonly why: string} => {
	const tokens = wordsOf(text, true);
	if (!tokens) return {why: 'a quote is not closed'};
	const matches: IptablesMatch[] = [];
	const targetOptions: IptablesOption[] = [];
	let target: string | undefined;
	let goto = false;
	let module = '';
	let instances = 0;
	let bare = false;
	let inTarget = false;
	const endModule = () => {
		if (bare) matches.push({module, option: '', negated: false, values: [], instance: instances});
		bare = false;
	};

	// -A and the chain's name come first.
	for (let at = 2; at < tokens.length;) {
		const before = tokens[at]!.word === '!' && !tokens[at]!.quoted;
		const option = tokens[before ? at + 1 : at];
		if (!option || !isOption(option) || option.word === '!')
			return {why: `an option is expected at ${JSON.stringify(option?.word ?? '!')}`};
		at += before ? 2 : 1;
		// iptables before 1.4.3 wrote `--dport ! 22`.
		const within =
			!before && tokens[at]?.word === '!' && !tokens[at]!.quoted && tokens[at + 1] !== undefined && !isOption(tokens[at + 1]!);
		if (within) at++;
		const negated = before || within;
		const values: string[] = [];
		for (; at < tokens.length && !isOption(tokens[at]!); at++) values.push(tokens[at]!.word);
		const {word} = option;
		if ([...MODULE, ...JUMP, ...GOTO].includes(word)) {
			if (values.length !== 1 || negated)
				return {why: `${word} with ${values.length === 1 ? 'a negation' : `${values.length} values`}`};
			endModule();
			inTarget = !MODULE.includes(word);
			if (!inTarget) {
				[module, bare] = [values[0]!, true];
				instances++;
			} else if (target !== undefined) return {why: 'two targets'};
			else [target, goto] = [values[0]!, GOTO.includes(word)];
		} else if (Object.hasOwn(BUILT_IN, word)) {
			matches.push({module: '', option: BUILT_IN[word]!, negated, values, instance: 0});
		} else if (!word.startsWith('--')) {
			return {why: `${word} is not an option of iptables`};
		} else if (inTarget) {
			targetOptions.push({option: word.slice(2), negated, values});
		} else if (instances === 0) {
			return {why: `${word} belongs to no module`};
		} else {
			bare = false;
			matches.push({module, option: word.slice(2), negated, values, instance: instances});
		}
	}
	endModule();
	const again = twice(matches, targetOptions);
	if (again !== undefined) return {why: `${again} occurs twice, which no rule has: the tool that printed it does not understand it`};
	const comments = matches.filter(match => match.module === 'comment').flatMap(({values}) => values);
	return {
		matches,
		...(target === undefined ? {} : {target}),
		goto,
		targetOptions,
		...(comments.length === 0 ? {} : {comment: comments.join('; ')}),
	};
};
