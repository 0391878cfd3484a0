import {spawn} from 'node:child_process';
import {once} from 'node:events';
import test from 'ava';

const from = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A worker of a run, and the run that serves it. */
const WORKER = `const {watchParent} = await import(${from('locks.ts')});
	watchParent(process.env.VIPCHECK_LOCKS, () => process.exit(7)); setInterval(() => {}, 1000); console.log(process.pid);`;
const PARENT = `const [{serveLocks}, {spawn}] = await Promise.all([import(${from('../run/locks.ts')}), import('node:child_process')]);
	const server = await serveLocks(4);
	spawn(process.execPath, ['--input-type=module', '-e', process.env.WORKER], {detached: true, stdio: ['ignore', 'inherit', 'inherit'], env: {...process.env, VIPCHECK_LOCKS: server.path}});
	setInterval(() => {}, 1000);`;

test('a worker ends when the run that started it is killed', async t => {
	const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {...process.env, WORKER},
	});
	const [line] = (await once(parent.stdout, 'data')) as [Buffer];
	const worker = Number(line.toString());
	t.true(worker > 0);
	process.kill(worker, 0);
	parent.kill('SIGKILL');
	// The worker holds the pipe until its own end, so this would wait for ever. (Its number may stay, as a zombie's.)
	await once(parent.stdout, 'close');
});
