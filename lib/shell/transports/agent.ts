import {couldNotEnter} from '../enter.ts';
import {brief} from '../quote.ts';
import {TransportError, type Conversation, type RunOptions, type Shell} from '../shell.ts';
import {unshared} from '../transport.ts';
import {nsenterShell} from './nsenter.ts';

/** The client's own exit code when the other machine, or the way to it, was lost in the middle. */
const LOST = 255;
const OWN_LAST_LINE = /(?:^|\n)agent: (.*)\n$/;

/** As what the client is started with: variables are set by env(1) of the other machine. */
const withVariables = (argv: readonly string[], env: RunOptions['env'] = {}): readonly string[] => {
	const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
	return variables.length === 0 ? argv : ['env', ...variables, ...argv];
};

/**
 * A shell on a machine that is reached through another one, where a client (`client`, which gets the arguments after its own) has an
 * agent run them:
 * input, output and exit code are those of the program, the client's end ends it, and what the client says itself begins with `agent: `.
 */
export const agentShell = (through: Shell, client: readonly string[], where: string): Shell => ({
	where,
	async run(argv, {env, ...options} = {}) {
		const result = await through.run([...client, ...withVariables(argv, env)], options).catch((error: unknown) => {
			throw new TransportError(`${where}: \`${brief(argv)}\`: ${error instanceof Error ? error.message : String(error)}`, {
				cause: error,
			});
		});
		const why = couldNotEnter(result);
		if (why !== undefined) throw new TransportError(`${where}: \`${brief(argv)}\` was not run: ${why}`, {cause: result});
		const lost = result.exitCode === LOST ? OWN_LAST_LINE.exec(result.stderr)?.[1] : undefined;
		if (lost !== undefined) throw new TransportError(`${where}: \`${brief(argv)}\`: ${lost}`, {cause: result});
		return {...result, argv, where};
	},
	converse: (argv, {env, ...options} = {}): Conversation => ({
		...through.converse([...client, ...withVariables(argv, env)], options),
		where,
	}),
});

export default unshared<'agent'>(({through, client}, where) => agentShell(nsenterShell(through.pidFile, where), client, where));
