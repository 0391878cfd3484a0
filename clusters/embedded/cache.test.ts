import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {once} from './cache.ts';

const scratch = async (t: ExecutionContext): Promise<string> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-cache-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	return dir;
};

test('what is made once is made once, also by several at the same time', async t => {
	const path = join(await scratch(t), 'part');
	let made = 0;
	await Promise.all(
		[1, 2, 3].map(async () =>
			once(path, async unfinished => {
				made++;
				await writeFile(join(unfinished, 'file'), 'whole');
			}),
		),
	);
	t.is(made, 1);
	t.is(await readFile(join(path, 'file'), 'utf8'), 'whole');
});

test('a failed make leaves nothing, and the next one works', async t => {
	const dir = await scratch(t);
	const path = join(dir, 'part');
	await t.throwsAsync(
		once(path, async unfinished => {
			await writeFile(join(unfinished, 'file'), 'half');
			throw new Error('no room');
		}),
		{message: 'no room'},
	);
	t.deepEqual(await readdir(dir), []);
	await once(path, async unfinished => writeFile(join(unfinished, 'file'), 'whole'));
	t.is(await readFile(join(path, 'file'), 'utf8'), 'whole');
});

test('a make that was killed with SIGKILL is neither trusted nor waited for', async t => {
	const dir = await scratch(t);
	const path = join(dir, 'part');
	const killed = execa(
		process.execPath,
		[
			'--input-type=module',
			'--eval',
			`
		import {writeFile} from 'node:fs/promises';
		const {once} = await import(${JSON.stringify(join(import.meta.dirname, 'cache.ts'))});
		await once(${JSON.stringify(path)}, async unfinished => {
			await writeFile(unfinished + '/file', 'half');
			console.log('half made');
			await new Promise(resolve => setTimeout(resolve, 60_000));
		});`,
		],
		{reject: false},
	);
	for await (const line of killed) {
		if (line === 'half made') killed.kill('SIGKILL');
	}
	t.is((await readdir(dir)).length, 1, 'an unfinished directory is left');
	await once(path, async unfinished => writeFile(join(unfinished, 'file'), 'whole'));
	t.deepEqual(await readdir(dir), ['part']);
	t.is(await readFile(join(path, 'file'), 'utf8'), 'whole');
});
