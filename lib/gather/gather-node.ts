import {LOOK_TIMEOUT_MS} from '../limits.ts';
import {quote} from '../shell/quote.ts';
import {TransportError, type CommandResult, type Shell} from '../shell/shell.ts';
import {LOOK_NAMES, lookOf, type LookName} from '../facts/argv.ts';
import type {NodeTexts} from '../facts/node-texts.ts';
import type {Fact} from '../facts/fact.ts';

type Answer = {readonly ok: true; readonly result: CommandResult} | {readonly ok: false; readonly why: string};

const run = async (shell: Shell, argv: readonly string[], signal: AbortSignal | undefined): Promise<Answer> => {
	try {
		return {ok: true, result: await shell.run(argv, {timeoutMs: LOOK_TIMEOUT_MS, ...(signal && {signal})})};
	} catch (error) {
		if (error instanceof TransportError && !signal?.aborted) return {ok: false, why: error.message};
		throw error;
	}
};

/** Guards that a node's shell was let through by: what they ask for, a kernel's module, stays; and a fork is dear on some nodes. */
const passed = new WeakMap<Shell, Set<LookName>>();

/** A change lasts as long as a print: one that is torn six times in a row is shown as it is. */
const MOST_AGAIN = 5;

const look = async (shell: Shell, name: LookName, signal: AbortSignal | undefined): Promise<Fact<string>> => {
	const {argv, guard, isTorn} = lookOf(name);
	if (guard && !passed.get(shell)?.has(name)) {
		const source = quote(guard.argv);
		const there = await run(shell, guard.argv, signal);
		if (!there.ok) return {ok: false, why: there.why, source};
		if (there.result.exitCode === 1) return {ok: true, value: guard.absent, source};
		if (there.result.exitCode === 0) passed.set(shell, (passed.get(shell) ?? new Set()).add(name));
	}
	const source = quote(argv);
	let answer = await run(shell, argv, signal);
	let again = 0;
	while (answer.ok && isTorn?.(answer.result.stdout) && again < MOST_AGAIN) {
		again++;
		answer = await run(shell, argv, signal);
	}
	if (!answer.ok) return {ok: false, why: answer.why, source};
	const {exitCode, stdout, stderr} = answer.result;
	const note = again > 0 ? `# printed ${again + 1} times: the rules were changed while they were read\n` : '';
	return exitCode === 0
		? {ok: true, value: stdout + note, source, ...(stderr.trim() !== '' && {stderr})}
		: {ok: false, why: `exit code ${exitCode}: ${stderr.trim() || 'without a message'}`, source};
};

/**
 * Looks at one node, one command after the other, changing nothing. A command that fails is a fact that is missing.
 * Throws TransportError when it is stopped by the signal.
 */
export const gatherNode = async <Name extends LookName = LookName>(
	shell: Shell,
	{names = LOOK_NAMES as readonly Name[], signal}: {names?: readonly Name[]; signal?: AbortSignal} = {},
): Promise<NodeTexts<Name>> => {
	const facts: [Name, Fact<string>][] = [];
	for (const name of names) facts.push([name, await look(shell, name, signal)]);
	return Object.fromEntries(facts) as NodeTexts<Name>;
};
