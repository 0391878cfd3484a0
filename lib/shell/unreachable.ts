import {brief} from './quote.ts';
import {TransportError, type Shell} from './shell.ts';

/** A shell on a machine that cannot be reached: every command throws TransportError, with why. */
export const unreachable = (where: string, why: string): Shell => {
	const refuse = (argv: readonly string[]): never => {
		throw new TransportError(`${where}: \`${brief(argv)}\` was not run: ${why}`);
	};
	return {where, run: async argv => refuse(argv), converse: refuse};
};
