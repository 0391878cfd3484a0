import {TransportError} from '../shell/shell.ts';

/** Something that was looked at, or why it could not be. `source`: the command as it can be pasted, or the path of the API. */
export type Fact<T> =
	| {
			readonly ok: true;
			readonly value: T;
			readonly source: string;
			/** What the command said on its error stream although it ended well: warnings, left out where there are none. */
			readonly stderr?: string;
	  }
	| {
			readonly ok: false;
			readonly why: string;
			readonly source: string;
	  };

/** The fact with its value read; a missing one stays missing. */
export const reading = <T, U>(fact: Fact<T>, read: (value: T) => U): Fact<U> => (fact.ok ? {...fact, value: read(fact.value)} : fact);

/**
 * The value of a fact without which nothing can be said. Throws TransportError, which begins with `of` (the node, what is not known), when
 * it is missing.
 */
export const needed = <T>(of: string, fact: Fact<T>): T => {
	if (!fact.ok) throw new TransportError(`${of}: ${fact.source}: ${fact.why}`);
	return fact.value;
};
