import {randomBytes} from 'node:crypto';
import {LOOK_TIMEOUT_MS} from '../../limits.ts';
import {startConversation} from '../conversation.ts';
import {runProgram, type Program} from '../program.ts';
import {brief} from '../quote.ts';
import {TransportError, type RunOptions, type Said, type Shell} from '../shell.ts';
import {unshared, type AccessOf} from '../transport.ts';
import {endMarked, MARK} from '../marked.ts';

/** What engines and runtimes (runc, crun) say when the program was not started, or there is no such container that runs. */
const OWN_WORDS = [
	/^OCI runtime exec failed/m,
	/^Error response from daemon: /m,
	/^Cannot connect to the Docker daemon/m,
	/^Error: /m,
	/^error during connect/m,
	/^.*level=fatal msg=/m,
	/^.*executable file (`.*` )?not found/m,
];

/** Where the engine is, in its own variable. */
const engineEnv = ({engine, host}: AccessOf<'container'>): Record<string, string> =>
	host === undefined ? {} : {[engine === 'podman' ? 'CONTAINER_HOST' : 'DOCKER_HOST']: host};

const couldNotExec = ({exitCode, stdout, stderr}: Said): string | undefined =>
	[1, 125, 126, 127, 255].includes(exitCode) && OWN_WORDS.some(words => words.test(stdout === '' ? stderr : stdout))
		? stderr.trim() || stdout.trim()
		: undefined;

/**
 * A shell in a container of this machine's engine. Ending `docker exec` leaves its program running, so that is found by a mark in
 * its environment and killed.
 */
export const containerShell = (access: AccessOf<'container'>, where: string): Shell => {
	const {engine, name} = access;
	const program = (argv: readonly string[], mark: string, env: Readonly<Record<string, string>> = {}): Program => ({
		where,
		argv,
		command: [
			engine,
			'exec',
			'--interactive',
			...Object.entries({LC_ALL: 'C', ...env, [MARK]: mark}).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
			name,
			...argv,
		],
		env: {...(process.env as Record<string, string>), ...engineEnv(access)},
	});
	const end = async (mark: string): Promise<void> => {
		await runProgram(program(endMarked(mark), ''), {timeoutMs: LOOK_TIMEOUT_MS}).catch((error: unknown) => {
			// The container, or its engine, is gone: so is the program.
			if (!(error instanceof TransportError)) throw error;
		});
	};
	return {
		where,
		async run(argv, {env, ...options}: RunOptions = {}) {
			const mark = randomBytes(8).toString('hex');
			const result = await runProgram(program(argv, mark, env), options).catch(async (error: unknown) => {
				await end(mark);
				throw error;
			});
			const why = couldNotExec(result);
			if (why !== undefined) throw new TransportError(`${where}: \`${brief(argv)}\` was not run: ${why}`, {cause: result});
			return result;
		},
		converse(argv, {env, ...options} = {}) {
			const mark = randomBytes(8).toString('hex');
			const talk = startConversation(program(argv, mark, env), options);
			// However docker exec ended: by its program's end there is nothing to find.
			const ended = talk.ended.then(async how => {
				if (how.exitCode !== 0) await end(mark);
				return how;
			});
			return {
				...talk,
				ended,
				async close() {
					await talk.close();
					await ended;
				},
			};
		},
	};
};

export default unshared<'container'>(containerShell);
