import {appendFile} from 'node:fs/promises';
import {quote} from './quote.ts';
import type {RunOptions, Shell} from './shell.ts';

export type SucceedOptions = RunOptions & {
	/** A file that gets the command and all that it says. */
	readonly log?: string;
};

/** A program left with another exit code than 0. The message holds the command to paste and its last lines. */
export class CommandError extends Error {
	override name = 'CommandError';
}

const LINES_TOLD = 12;

/**
 * Runs a program that must leave with 0, and answers its standard output. Throws CommandError, TransportError, or the reason of an
 * aborted signal.
 */
export const succeed = async (shell: Shell, argv: readonly string[], {log, ...options}: SucceedOptions = {}): Promise<string> => {
	const result = await shell.run(argv, options).catch((error: unknown) => {
		options.signal?.throwIfAborted();
		throw error;
	});
	const {exitCode, stdout, stderr} = result;
	const command = quote(argv);
	if (log !== undefined) await appendFile(log, `${shell.where} $ ${command}\n${stdout}${stderr}`);
	options.signal?.throwIfAborted();
	if (exitCode !== 0) {
		const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-LINES_TOLD).join('\n');
		throw new CommandError(
			`exit ${exitCode} from: ${command}${last === '' ? '' : `\n${last}`}${log === undefined ? '' : `\n(log: ${log})`}`,
			{cause: result},
		);
	}
	return stdout;
};
