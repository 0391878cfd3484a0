import {startConversation} from '../conversation.ts';
import {runProgram} from '../program.ts';
import type {Shell} from '../shell.ts';
import {unshared} from '../transport.ts';

/** Runs programs on this very machine, with our own environment. */
export const localShell = (where = 'local'): Shell => ({
	where,
	run: (argv, options) => runProgram({where, argv, command: argv}, options),
	converse: (argv, options) => startConversation({where, argv, command: argv}, options),
});

export default unshared<'local'>((_, where) => localShell(where));
