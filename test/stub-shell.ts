import {TransportError, type CommandResult, type Conversation, type RunOptions, type Shell} from '../lib/shell/shell.ts';
import type {Shells} from '../lib/shell/shells.ts';

/** A string is the standard output of a success; an error is thrown. */
export type Reply = string | Partial<Pick<CommandResult, 'exitCode' | 'stdout' | 'stderr'>> | Error | ((options: RunOptions) => Reply);

export type StubShell = Shell & {/** The commands that were run, in order. */ readonly calls: readonly string[]};

const settle = (reply: Reply, options: RunOptions): Exclude<Reply, (options: RunOptions) => Reply> =>
	typeof reply === 'function' ? settle(reply(options), options) : reply;

/**
 * For unit tests: a shell that answers from a table. A key is the arguments joined by blanks; a list of replies is used up in
 * turn, and its last one stays. A command that is not in the table throws a plain Error: the test is incomplete.
 */
export const stubShell = (
	table: Readonly<Record<string, Reply | readonly Reply[]>>,
	{where = 'stub', converse}: {where?: string; converse?: (argv: readonly string[]) => Conversation} = {},
): StubShell => {
	const calls: string[] = [];
	return {
		where,
		calls,
		async run(argv, options = {}) {
			const command = argv.join(' ');
			const entry = Object.hasOwn(table, command) ? table[command] : undefined;
			const replies = entry === undefined ? [] : Array.isArray(entry) ? (entry as readonly Reply[]) : [entry as Reply];
			const reply = replies[Math.min(calls.filter(call => call === command).length, replies.length - 1)];
			calls.push(command);
			if (reply === undefined) {
				throw new Error(
					`the stub has no answer for \`${command}\`; it knows ${Object.keys(table)
						.map(key => `\`${key}\``)
						.join(', ')}`,
				);
			}

			const result = settle(reply, options);
			if (result instanceof Error) {
				throw result;
			}

			return {argv, where, exitCode: 0, stdout: '', stderr: '', ms: 0, ...(typeof result === 'string' ? {stdout: result} : result)};
		},
		converse(argv) {
			if (!converse) {
				throw new TransportError(`the stub cannot hold a conversation with \`${argv.join(' ')}\``);
			}

			return converse(argv);
		},
	};
};

/** For unit tests: a pool in which every machine, and every pod, is this one. */
export const stubShells = (shell: Shell): Shells => ({
	node: () => shell,
	outside: () => shell,
	pod: async () => shell,
	at: () => shell,
	close: async () => undefined,
});
