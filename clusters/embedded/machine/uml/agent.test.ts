import {spawn, type ChildProcess} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import test from 'ava';
import {agentShell} from '../../../../lib/shell/transports/agent.ts';
import {localShell} from '../../../../lib/shell/transports/local.ts';
import {TransportError} from '../../../../lib/shell/shell.ts';

/** Both programs on this host: what is between them in a cluster, a tap, is not. */
const agents: ChildProcess[] = [];
test.after.always(() => agents.map(agent => agent.kill('SIGKILL')));
const dir = mkdtempSync(join(tmpdir(), 'vipcheck-agent-'));
test.after.always(() => rmSync(dir, {recursive: true}));

const freePort = async (): Promise<number> =>
	new Promise(resolve => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const {port} = server.address() as {port: number};
			server.close(() => resolve(port));
		});
	});

const through = localShell('here');
const startAgent = async () => {
	const port = await freePort();
	const agent = spawn('perl', [join(import.meta.dirname, 'agent.pl'), '127.0.0.1', String(port)], {stdio: 'inherit'});
	agents.push(agent);
	const client = ['perl', join(import.meta.dirname, 'agent-client.pl'), 'lo', '127.0.0.1', String(port)];
	const shell = agentShell(through, client, 'node-1');
	const answers = async (): Promise<void> =>
		shell.run(['true']).then(
			() => undefined,
			async () => delay(20).then(answers),
		);
	await answers();
	return {agent, shell};
};
const started = startAgent();

const until = async (holds: () => boolean): Promise<boolean> => {
	for (let tries = 0; tries < 500 && !holds(); tries++) await delay(20);
	return holds();
};

/** A command that tells its pid in a file, and then sleeps. */
const sleeper = (name: string, before = '') => {
	const file = join(dir, name);
	return {
		argv: ['sh', '-c', `${before} echo $$ > ${file}; while :; do sleep 1; done`],
		isThere: () => existsSync(file) && readFileSync(file, 'utf8').trim() !== '',
		isGone: () => !existsSync(file) || !existsSync(`/proc/${readFileSync(file, 'utf8').trim()}`),
	};
};

test('exit code, output, errors and input are those of the program', async t => {
	const {shell} = await started;
	const argv = ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
	const {ms, ...result} = await shell.run(argv, {stdin: 'in '});
	t.deepEqual(result, {argv, where: 'node-1', exitCode: 3, stdout: 'in out\n', stderr: 'err\n'});
	t.true(ms >= 0);
	t.is((await shell.run(['sh', '-c', 'kill -9 $$'])).exitCode, 137);
	t.is((await shell.run(['sh', '-c', 'echo "$GREETING $LC_ALL"'], {env: {GREETING: "it's"}})).stdout, "it's C\n");
	t.is((await shell.run(['printf', '%s|', 'a b', '', 'c\nd', ''])).stdout, 'a b||c\nd||', 'arguments are not split, and may be empty');
	t.is((await shell.run(['false'])).exitCode, 1);
	t.is((await shell.run(['sh', '-c', 'exit 255'])).exitCode, 255);
});

test('much input and much output, at the same time', async t => {
	const {shell} = await started;
	const text = 'x'.repeat(5_000_000);
	const through5 = await shell.run(['cat'], {stdin: text});
	t.true(through5.stdout === text, `${through5.stdout.length} of ${text.length} characters came back`);
	for (let time = 0; time < 20; time++) {
		const {exitCode} = await shell.run(['sh', '-c', 'exit 3'], {stdin: text});
		t.is(exitCode, 3, 'a program need not read its input, and its exit code arrives all the same');
	}
	const both = await shell.run(['sh', '-c', 'head -c 1000000 /dev/zero | tr "\\0" a >&2; head -c 1000000 /dev/zero | tr "\\0" b']);
	t.deepEqual([both.stdout.length, both.stderr.length], [1_000_000, 1_000_000]);
	const many = await Promise.all(Array.from({length: 20}, async (_, index) => shell.run(['echo', String(index)])));
	t.deepEqual(
		many.map(({stdout}) => stdout.trim()),
		Array.from({length: 20}, (_, index) => String(index)),
	);
});

test('what is not there cannot be run', async t => {
	const {shell} = await started;
	await t.throwsAsync(shell.run(['no-such-program', 'x']), {
		instanceOf: TransportError,
		message: 'node-1: `no-such-program x` was not run: agent: failed to execute no-such-program: No such file or directory',
	});
});

test('time limits and aborted signals end the program, with all of its group', async t => {
	const {shell} = await started;
	const [timed, aborted, stubborn] = [sleeper('timed'), sleeper('aborted'), sleeper('stubborn', 'trap "" TERM;')];
	await t.throwsAsync(shell.run(timed.argv, {timeoutMs: 3000}), {
		instanceOf: TransportError,
		message: /^node-1: .*did not end within 3000 ms/,
	});
	t.true(await until(timed.isGone));
	for (const one of [aborted, stubborn]) {
		const abort = new AbortController();
		const running = shell.run(one.argv, {signal: abort.signal});
		t.true(await until(one.isThere));
		abort.abort(new Error('interrupted'));
		await t.throwsAsync(running, {instanceOf: TransportError, message: /interrupted/});
		t.true(await until(one.isGone));
	}
});

test('a conversation: lines in, lines out, and its end', async t => {
	const {shell} = await started;
	const talk = shell.converse(['sh', '-c', 'while read -r line; do echo "got $line"; done; echo bye >&2; exit 4']);
	talk.send('one');
	talk.send('two');
	const lines: string[] = [];
	for await (const line of talk.lines) {
		lines.push(line);
		if (lines.length === 2) break;
	}
	await talk.close();
	t.deepEqual(lines, ['got one', 'got two']);
	t.like(await talk.ended, {exitCode: 4, stderr: 'bye\n'});
});

test('a machine that ends in the middle', async t => {
	const {agent, shell} = await startAgent();
	const one = sleeper('lost');
	const running = shell.run(one.argv);
	t.true(await until(one.isThere));
	agent.kill('SIGKILL');
	await t.throwsAsync(running, {instanceOf: TransportError, message: /^node-1: .*: the connection to 127\.0\.0\.1 was lost/});
	await t.throwsAsync(shell.run(['true']), {
		instanceOf: TransportError,
		message: /^node-1: `true` was not run: agent: cannot connect to/,
	});
	process.kill(Number(readFileSync(join(dir, 'lost'), 'utf8')), 'SIGKILL');
});
