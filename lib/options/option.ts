import type {Target} from '../target.ts';
import type {Parse} from './values.ts';

/** Commands that work on clusters by these options. */
export type OptionsCommand = 'test' | 'faults' | 'up';

/**
 * One option, all there is to say of it: the flag, its help, its default, the check of --reuse, the hint about flags that npm took derive
 * from here.
 * Whoever needs the value reads it from `Options`.
 */
export type Option<T> = {
	readonly flag: string;
	/** What stands for the value in the help; left out, as `parse` is then too: a switch. */
	readonly value?: string;
	readonly about: string;
	readonly of: readonly OptionsCommand[];
	readonly parse?: Parse<T>;
	/** Its value where the flag is left out. */
	readonly standard: T;
	/** What the default means, for the help. */
	readonly standardMeans?: string;
	/** What a cluster that is there has of it: the flag must not say anything else. */
	readonly had?: (target: Target) => unknown;
};

export const option = <T>(row: Option<T>): Option<T> => row;
/** An option that may be left out altogether. */
export const optional = <T>(row: Omit<Option<T>, 'standard' | 'parse'> & {parse: Parse<T>}): Option<T | undefined> => ({
	...row,
	parse: text => row.parse(text),
	standard: undefined,
});

export const MAKES = ['test', 'faults', 'up'] as const;
export const RUNS = ['test', 'faults'] as const;
