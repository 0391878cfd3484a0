import type {Random} from '../../lib/random.ts';

const upTo = (random: Random, end: number): number => Math.floor(random() * end);
const pick = <T>(random: Random, from: readonly T[]): T => from[upTo(random, from.length)] as T;

const WORDS = [
	'"',
	'\\',
	'! ',
	' -m ',
	' -j ',
	' --comment "',
	'-A ',
	':',
	'[',
	']',
	'{',
	'}',
	',',
	'\t',
	'\n',
	'\r\n',
	'\u0000',
	'é',
	'\uD800',
	'-1',
	'4294967296',
	'@',
	'null',
	'*nat\n',
	'COMMIT\n',
	'__proto__',
	'constructor',
	'%',
	'=',
	' add x ',
];

type Change = (text: string, random: Random) => string;

const cut: Change = (text, random) => text.slice(0, upTo(random, text.length));
const holes: Change = (text, random) => {
	const at = upTo(random, text.length);
	return text.slice(0, at) + text.slice(at + upTo(random, 40));
};
const insert: Change = (text, random) => {
	const at = upTo(random, text.length);
	return text.slice(0, at) + pick(random, WORDS) + text.slice(at);
};
const swap: Change = (text, random) => {
	const at = upTo(random, text.length - 1);
	return text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2);
};
const replace: Change = (text, random) => {
	const at = upTo(random, text.length);
	return text.slice(0, at) + String.fromCharCode(upTo(random, 256)) + text.slice(at + 1);
};
const repeat: Change = (text, random) => {
	const at = upTo(random, text.length);
	const part = text.slice(at, at + upTo(random, 400));
	return text.slice(0, at) + part + text.slice(at);
};
const dropWord: Change = (text, random) => {
	const words = text.split(/(?<=\s)/);
	words.splice(upTo(random, words.length), 1);
	return words.join('');
};
const shuffleLines: Change = (text, random) => {
	const lines = text.split('\n');
	lines.splice(upTo(random, lines.length), 0, ...lines.splice(upTo(random, lines.length), 1 + upTo(random, 3)));
	return lines.join('\n');
};

/** Some lines in a row, so that each text is small and many can be tried. */
const excerpt: Change = (text, random) => {
	const lines = text.split('\n');
	const at = upTo(random, lines.length);
	return lines.slice(at, at + 1 + upTo(random, 20)).join('\n');
};

/** A value somewhere in JSON gets another one; text that is no JSON stays. */
const otherValue: Change = (text, random) => {
	const values = [...text.matchAll(/(?<=[:[,]\s*)("(?:[^"\\]|\\.)*"|\d+|null)/g)];
	const one = values.length === 0 ? undefined : pick(random, values);
	return one
		? text.slice(0, one.index) +
				pick(random, [
					'null',
					'{}',
					'[]',
					'0',
					'""',
					'"@x"',
					'{"concat":[]}',
					'{"set":[1]}',
					'[[1,2,3]]',
					pick(random, values)[0],
				]) +
				text.slice(one.index + one[0].length)
		: text;
};

const CHANGES: readonly Change[] = [cut, holes, insert, insert, swap, replace, repeat, dropWord, shuffleLines, otherValue, otherValue];

const noise = (random: Random): string =>
	Array.from({length: upTo(random, 200)}, () => (random() < 0.3 ? pick(random, WORDS) : String.fromCharCode(upTo(random, 128)))).join('');

/** A text that a tool might have written, damaged in one to four ways; now and then noise. */
export const mutate = (text: string, random: Random): string => {
	if (random() < 0.05) return noise(random);
	let changed = random() < 0.7 && !text.startsWith('[') && !text.startsWith('{') ? excerpt(text, random) : text;
	for (let times = 1 + upTo(random, 4); times > 0; times--) changed = pick(random, CHANGES)(changed, random);
	return changed;
};
