/**
 * Makes a cluster and takes it down, again and again, and counts after each what could have been left on the host: node .ci/leaks.ts
 * [times] [mode]. Nothing else may run clusters meanwhile, and no other work should start or end. Prints a table, then `N passed, N
 * failed`: one for each thing that is counted. None may have grown since the start; files, since the first round, which may fill caches.
 */
import {readdir, readFile, readlink, stat, statfs} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {cacheRoot} from '../lib/paths.ts';
import {cgroupRoots, lines} from './host-state.ts';

const vipcheck = join(import.meta.dirname, '..', 'vipcheck');
const [times = '10', mode = 'iptables'] = process.argv.slice(2);

/** What ended while it was looked at counts as nothing. */
const gone =
	<T>(nothing: T) =>
	(): T =>
		nothing;

const KTHREADD = '2';
const INIT = '1';

/** `pid (name) state parent …` of proc(5). */
const statusOf = async (pid: string): Promise<{readonly state: string; readonly parent: string} | undefined> => {
	const [, state, parent] = /\) (\S) (\d+)[^)]*$/.exec(await readFile(`/proc/${pid}/stat`, 'utf8').catch(gone(''))) ?? [];
	return state === undefined || parent === undefined ? undefined : {state, parent};
};

/** Without the kernel's own threads, which come and go with its work, and without those that have ended and that init has yet to notice. */
const processes = async (): Promise<readonly string[]> => {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && name !== KTHREADD);
	const all = await Promise.all(pids.map(async pid => ({pid, status: await statusOf(pid)})));
	return all
		.filter(({status}) => status && status.parent !== KTHREADD && !(status.state === 'Z' && status.parent === INIT))
		.map(({pid}) => pid);
};

const linksIn = async (dir: string): Promise<readonly string[]> => {
	const names = await readdir(dir).catch(gone([] as string[]));
	return (await Promise.all(names.map(async name => readlink(join(dir, name)).catch(gone(''))))).filter(Boolean);
};

const NAMESPACE = /^(cgroup|ipc|mnt|net|pid|time|user|uts):\[\d+\]$/;

/** Those that a process is in, that a descriptor holds, or that are mounted. */
const namespaces = async (pids: readonly string[], mounts: readonly string[]): Promise<number> => {
	const held = await Promise.all(pids.flatMap(pid => [linksIn(`/proc/${pid}/ns`), linksIn(`/proc/${pid}/fd`)]));
	const mounted = mounts.flatMap(line => / (\w+:\[\d+\]) /.exec(line)?.[1] ?? []);
	return new Set([...held.flat(), ...mounted].filter(name => NAMESPACE.test(name))).size;
};

/** Of all mount namespaces that a process is in. */
const mountLines = async (pids: readonly string[]): Promise<readonly string[]> => {
	const byNamespace = new Map<string, string>();
	for (const pid of pids) {
		const name = await readlink(`/proc/${pid}/ns/mnt`).catch(gone(''));
		if (name !== '' && !byNamespace.has(name)) byNamespace.set(name, pid);
	}
	return (
		await Promise.all(
			[...byNamespace.values()].map(async pid => lines(await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(gone('')))),
		)
	).flat();
};

const groups = async (): Promise<number> => {
	const below = await Promise.all(
		(await cgroupRoots()).map(
			async root => (await readdir(root, {recursive: true, withFileTypes: true})).filter(entry => entry.isDirectory()).length,
		),
	);
	return below.reduce((sum, count) => sum + count, 0);
};

const links = async (): Promise<number> => lines((await execa('ip', ['-o', 'link', 'show'])).stdout).length;

/** Of those given: what ran before has files of its own. inotify instances are among them. */
const openFiles = async (pids: readonly string[]): Promise<number> =>
	(await Promise.all(pids.map(async pid => (await readdir(`/proc/${pid}/fd`).catch(gone([]))).length))).reduce(
		(sum, count) => sum + count,
		0,
	);

const abstractSockets = async (): Promise<number> =>
	lines(await readFile('/proc/net/unix', 'utf8')).filter(line => line.includes(' @')).length;

/** The cache, and what is named after the project in the directory of temporary files. */
const files = async (): Promise<readonly string[]> => {
	const temporary = (await readdir(tmpdir())).filter(name => name.startsWith('vipcheck')).map(name => join(tmpdir(), name));
	const below = await Promise.all(
		[cacheRoot(), ...temporary].map(async root => [
			root,
			...(await readdir(root, {recursive: true}).catch(gone([] as string[]))).map(name => join(root, name)),
		]),
	);
	return below.flat();
};

const MIB = 2 ** 20;
const mebibytes = async (paths: readonly string[]): Promise<number> => {
	let blocks = 0;
	for (const path of paths) blocks += (await stat(path).catch(gone(undefined)))?.blocks ?? 0;
	return Math.round((blocks * 512) / MIB);
};

const usedOnDisk = async (): Promise<number> => {
	const {blocks, bfree, bsize} = await statfs(cacheRoot());
	return Math.round(((blocks - bfree) * bsize) / MIB);
};

/** Counted by the kernel, the dead ones too that it has not forgotten yet: shown, not judged. */
const remembered = async (): Promise<number> =>
	Number(/^memory\t\d+\t(\d+)/m.exec(await readFile('/proc/cgroups', 'utf8').catch(gone('')))?.[1] ?? Number.NaN);

const others = new Set(await processes());

/** What is counted → how many; those of SHOWN_ALONE are the whole host's and move by themselves. */
const count = async (): Promise<Readonly<Record<string, number>>> => {
	const pids = await processes();
	const ours = pids.filter(pid => !others.has(pid));
	const mounts = await mountLines(pids);
	const paths = await files();
	return {
		processes: ours.length,
		namespaces: await namespaces(pids, mounts),
		mounts: mounts.length,
		cgroups: await groups(),
		links: await links(),
		'open files': await openFiles(ours),
		'abstract sockets': await abstractSockets(),
		files: paths.length,
		'MiB of files': await mebibytes(paths),
		'disk, MiB used': await usedOnDisk(),
		'cgroups remembered': await remembered(),
	};
};
const SHOWN_ALONE: readonly string[] = ['disk, MiB used', 'cgroups remembered'];
const CACHED: readonly string[] = ['files', 'MiB of files'];

const row = (name: string, counts: Readonly<Record<string, number>>): string => `| ${name} | ${Object.values(counts).join(' | ')} |`;

const before = await count();
console.log(
	`| after round | ${Object.keys(before).join(' | ')} |\n|---|${Object.keys(before)
		.map(() => '---:|')
		.join('')}\n${row('none', before)}`,
);
const rounds: Readonly<Record<string, number>>[] = [];
for (let round = 1; round <= Number(times); round++) {
	const {stdout} = await execa(vipcheck, ['up', '--mode', mode]);
	await execa(vipcheck, ['down', lines(stdout).at(-1) as string]);
	const counts = await count();
	rounds.push(counts);
	console.log(row(String(round), counts));
}
const [first, last] = [rounds[0], rounds.at(-1)];
if (!first || !last || first === last) throw new Error('two rounds at least: the first warms caches');
const judged = Object.keys(first).filter(name => !SHOWN_ALONE.includes(name));
const growth = (name: string): number => (last[name] as number) - ((CACHED.includes(name) ? first : before)[name] as number);
const grown = judged.filter(name => growth(name) > 0);
if (grown.length > 0) console.log(`grown: ${grown.map(name => `${name} by ${growth(name)}`).join(', ')}`);
console.log(`\n${judged.length - grown.length} passed, ${grown.length} failed`);
process.exitCode = grown.length === 0 ? 0 : 1;
