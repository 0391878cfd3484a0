import {UsageError} from '../usage.ts';
import {closest} from './near-miss.ts';

/** How the text behind a flag becomes its value; `before`: the value so far, where the flag came more than once. Throws UsageError. */
export type Parse<T> = (text: string, before?: T) => T;

const refuse = (flag: string, text: string, words: readonly string[]): UsageError => {
	const near = closest(text, words);
	return new UsageError(
		`${flag} ${text}: ${near === undefined ? `use ${words.join(', ')}` : `did you mean ${near}? There are ${words.join(', ')}`}`,
	);
};

/** One of a few words. */
export const oneOf =
	<T extends string>(flag: string, words: readonly T[]): Parse<T> =>
	text => {
		const found = words.find(word => word === text);
		if (found === undefined) throw refuse(flag, text, words);
		return found;
	};

/** Some of a few words, with commas, each once; `all` stands for every one. */
export const someOf =
	<T extends string>(flag: string, words: readonly T[]): Parse<readonly T[]> =>
	text => {
		if (text === 'all') return words;
		const one = oneOf(flag, words);
		return [...new Set(text.split(',').map(word => one(word.trim())))];
	};

/** A whole number. */
export const wholeNumber =
	(flag: string, from: number, to: number): Parse<number> =>
	text => {
		const value = Number(text);
		if (/^\d+$/.test(text) && value >= from && value <= to) return value;
		throw new UsageError(`${flag} ${text}: use a whole number from ${from} to ${to}`);
	};

/** A text that must not be empty. */
export const filled =
	(flag: string): Parse<string> =>
	text => {
		if (text.trim() === '') throw new UsageError(`${flag} is empty`);
		return text;
	};

/** Texts, of as many flags as are given. */
export const texts =
	(flag: string): Parse<readonly string[]> =>
	(text, before = []) => [...before, filled(flag)(text)];

/** Words with commas or spaces between them, of as many flags as are given. */
export const words =
	(flag: string): Parse<readonly string[]> =>
	(text, before = []) => [
		...before,
		...filled(flag)(text)
			.split(/[\s,]+/)
			.filter(Boolean),
	];
