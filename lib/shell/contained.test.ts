import {access, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {execa} from 'execa';

const isGone = async (pid: string): Promise<boolean> =>
	access(`/proc/${pid}`).then(
		() => false,
		() => true,
	);

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('contained work ends with its process, also by SIGKILL, and takes all that it started along', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-contained-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	// setsid: out of the process group, as a daemon would be.
	const script = `setsid sleep 61.5 & echo started; wait`;
	const killed = execa(
		process.execPath,
		[
			'--input-type=module',
			'--eval',
			`
		const {containedShell} = await import(${JSON.stringify(join(import.meta.dirname, 'contained.ts'))});
		setTimeout(() => console.log('running'), 400);
		await containedShell().run(['sh', '-c', ${JSON.stringify(script)}]);`,
		],
		{reject: false},
	);
	let inside: readonly string[] = [];
	for await (const line of killed) {
		if (line !== 'running') continue;
		const children = async (pid: string): Promise<readonly string[]> => {
			const own = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).split(' ').filter(Boolean);
			return [...own, ...(await Promise.all(own.map(async child => children(child)))).flat()];
		};
		inside = await children(String(killed.pid));
		killed.kill('SIGKILL');
	}
	t.true(inside.length >= 3, `unshare, sh and sleep: ${inside.join(' ')}`);
	for (const pid of inside) {
		for (let waited = 0; waited < 100 && !(await isGone(pid)); waited++) await sleep(20);
		t.true(await isGone(pid), pid);
	}
});
