import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import type {Command} from '../../change/command.ts';
import {endProgram, startProgram} from './background.ts';

const run = promisify(execFile);
/** Here, with a directory of the test's in place of /run. */
const here = async (command: Command, dir: string): Promise<void> => {
	if (command.kind !== 'run') throw new TypeError(command.kind);
	const [program = '', ...args] = command.argv.map(arg => arg.replace('/run/', `${dir}/`));
	await run(program, args);
};

const directory = async (t: ExecutionContext): Promise<string> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-background-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	return dir;
};

test('a program goes on by itself until it is ended, once or twice', async t => {
	const dir = await directory(t);
	await here(startProgram('worker-1', 'sleeper', ['sleep', '1000']), dir);
	const pid = (await readFile(`${dir}/vipcheck-sleeper.pid`, 'utf8')).trim();
	/** Without a process that waits for it it stays as a zombie. */
	const state = async () => /^State:\t(.)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ'))?.[1];
	t.is(await state(), 'S');
	await here(endProgram('worker-1', 'sleeper'), dir);
	await here(endProgram('worker-1', 'sleeper'), dir);
	while ((await state()) !== 'Z') await setTimeout(10);
	await t.throwsAsync(readFile(`${dir}/vipcheck-sleeper.pid`), {code: 'ENOENT'});
});

test('one that ends at once could not be started', async t => {
	const dir = await directory(t);
	await t.throwsAsync(here(startProgram('worker-1', 'false', ['false']), dir), {message: /Command failed/});
});
