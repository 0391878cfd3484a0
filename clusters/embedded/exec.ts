import {appendFile} from 'node:fs/promises';
import {execa} from 'execa';

export type ExecOptions = {
	readonly log?: string;
	readonly signal?: AbortSignal;
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	readonly stdin?: string;
	/** For long work: whatever ends this process, SIGKILL included, ends the program and all that it started. Needs root. */
	readonly contained?: boolean;
};

/** The death of this process ends unshare, that of unshare its child, and a first process takes its whole pid namespace with it. */
const CONTAINED = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];

/** A program of this host failed. The message holds the command to paste and its last lines. */
export class CommandError extends Error {
	override name = 'CommandError';
}

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** Runs a program on this host to its end, output into the log, and returns standard output. Throws CommandError. */
export const exec = async (argv: readonly string[], {log, signal, env, cwd, stdin, contained = false}: ExecOptions = {}): Promise<string> => {
	const [file, ...rest] = [...(contained ? CONTAINED : []), ...argv] as [string, ...string[]];
	const running = execa(file, rest, {
		// In a group of its own: Ctrl-C does not reach it, and its end is that of its children, also behind nsenter.
		reject: false, stripFinalNewline: false, forceKillAfterDelay: 2000, killDescendants: true, maxBuffer: 64 * 2 ** 20,
		// unshare does not pass a SIGTERM on.
		...(contained ? {killSignal: 'SIGKILL' as const} : {}),
		...(signal ? {cancelSignal: signal} : {}), ...(cwd ? {cwd} : {}), ...(env ? {env} : {}), ...(stdin === undefined ? {stdin: 'ignore' as const} : {input: stdin}),
	});
	const result = await running;
	const command = argv.map(word => quote(word)).join(' ');
	if (log) await appendFile(log, `$ ${command}\n${result.stdout}${result.stderr}`);
	signal?.throwIfAborted();
	if (result.failed) {
		const tail = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-12).join('\n');
		const how = result.exitCode === undefined ? result.shortMessage : `exit ${result.exitCode}`;
		throw new CommandError(`${how} from: ${command}${tail ? `\n${tail}` : ''}${log ? `\n(log: ${log})` : ''}`, {cause: result});
	}
	return result.stdout;
};
