import type {Command} from 'commander';
import type {Interrupts} from '../interrupts.ts';

/** What a command works with. */
export type Terminal = {
	readonly interrupts: Interrupts;
	/** Writes lines to standard output. */
	say(text: string): void;
	/** Writes lines to standard error. */
	err(text: string): void;
	/** The exit code that the process ends with; left out: 0. */
	exit(code: number): void;
};

/** Adds one command to the program. What is heavy is imported in its action, so that the help comes at once. */
export type AddCommand = (program: Command, terminal: Terminal) => void;
