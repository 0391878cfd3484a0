import {LOOK_TIMEOUT_MS} from '../limits.ts';
import {quote} from '../shell/quote.ts';
import {TransportError, type CommandResult, type Shell} from '../shell/shell.ts';
import {LOOK_NAMES, lookOf, type LookName} from './argv.ts';
import type {Fact} from './fact.ts';

/** What the commands said, verbatim: can be written down as evidence and read again later. */
export type NodeTexts<Name extends LookName = LookName> = Readonly<Record<Name, Fact<string>>>;

type Answer = {readonly ok: true; readonly result: CommandResult} | {readonly ok: false; readonly why: string};

const run = async (shell: Shell, argv: readonly string[], signal: AbortSignal | undefined): Promise<Answer> => {
	try {
		return {ok: true, result: await shell.run(argv, {timeoutMs: LOOK_TIMEOUT_MS, ...(signal && {signal})})};
	} catch (error) {
		if (error instanceof TransportError && !signal?.aborted) return {ok: false, why: error.message};
		throw error;
	}
};

const look = async (shell: Shell, name: LookName, signal: AbortSignal | undefined): Promise<Fact<string>> => {
	const {argv, guard} = lookOf(name);
	if (guard) {
		const source = quote(guard.argv);
		const there = await run(shell, guard.argv, signal);
		if (!there.ok) return {ok: false, why: there.why, source};
		if (there.result.exitCode === 1) return {ok: true, value: guard.absent, source};
	}
	const source = quote(argv);
	const answer = await run(shell, argv, signal);
	if (!answer.ok) return {ok: false, why: answer.why, source};
	const {exitCode, stdout, stderr} = answer.result;
	return exitCode === 0 ? {ok: true, value: stdout, source} : {ok: false, why: `exit code ${exitCode}: ${stderr.trim() || 'without a message'}`, source};
};

/**
 * Looks at one node, one command after the other, changing nothing. A command that fails is a fact that is missing.
 * Throws TransportError when it is stopped by the signal.
 */
export const gatherNode = async <Name extends LookName = LookName>(shell: Shell, {names = LOOK_NAMES as readonly Name[], signal}: {names?: readonly Name[]; signal?: AbortSignal} = {}): Promise<NodeTexts<Name>> => {
	const facts: [Name, Fact<string>][] = [];
	for (const name of names) facts.push([name, await look(shell, name, signal)]);
	return Object.fromEntries(facts) as NodeTexts<Name>;
};
