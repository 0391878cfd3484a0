import {startConversation} from './conversation.ts';
import {runProgram} from './program.ts';
import type {Shell} from './shell.ts';

/** The death of this process ends unshare, that of unshare its child, and a first process takes its whole pid namespace with it. */
const CONTAINED = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];

/** As localShell, for long work: whatever ends this process, SIGKILL included, ends the program and all that it started. Needs root. */
export const containedShell = (where = 'local'): Shell => ({
	where,
	run: (argv, options) => runProgram({where, argv, command: [...CONTAINED, ...argv]}, options),
	converse: (argv, options) => startConversation({where, argv, command: [...CONTAINED, ...argv]}, options),
});
