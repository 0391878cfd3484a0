import {spawn} from 'node:child_process';
import {mkdir, open, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Access} from '../../../lib/shell/shell.ts';
import {exec} from '../exec.ts';
import {hierarchyLines, makeGroups} from './cgroup.ts';

/** A machine before it boots: its files, its network, its daemons. Everything is written before the first process starts. */
export type MachineSpec = {
	readonly name: string;
	/** Read-only layers of its file system, the upper first. */
	readonly layers: readonly string[];
	/** Path in the machine → content. Paths below var/ go to its own disk, all others to its own layer. */
	readonly files?: Readonly<Record<string, string>>;
	/** Daemons: name → shell script that ends in `exec`; each is started at boot and again when it ends. */
	readonly services?: Readonly<Record<string, string>>;
	/** Those of them that start at the first boot only when told (`sv up`, and their file `down` removed). */
	readonly held?: readonly string[];
	/** Links that must be there before it goes on; the network then comes from `ip -batch` lines. */
	readonly links: readonly string[];
	readonly network: readonly string[];
	/** Below /proc/sys → value; a setting that the kernel does not have is passed over. */
	readonly sysctls?: Readonly<Record<string, string>>;
	/** A table for nft, loaded at boot. */
	readonly nft?: string;
	/** Directories to start from: path below var/ → directory of this host whose unchanging files may be shared. */
	readonly disk?: Readonly<Record<string, string>>;
};

export type Machine = {readonly name: string; readonly dir: string; readonly pid: number; readonly access: Access};

const dirOf = (cluster: string, name: string): string => join(cluster, 'machines', name);
const pidFileOf = (cluster: string, name: string): string => join(dirOf(cluster, name), 'pid');

/**
 * Copies a directory by linking its files: content and snapshots never change in place. Data bases do, so those are real copies.
 */
const cloneDisk = async (from: string, to: string): Promise<void> => {
	await rm(to, {recursive: true, force: true});
	await mkdir(dirname(to), {recursive: true});
	await exec(['sh', '-c', 'cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }', 'clone', from, to]);
	await exec(['sh', '-c', 'find "$1" -name "*.db" | while read -r f; do cp -p "$f" "$f.own" && mv "$f.own" "$f"; done', 'own', to]);
};

/** Writes all that a machine needs on disk. */
export const prepareMachine = async (cluster: string, spec: MachineSpec): Promise<void> => {
	const dir = dirOf(cluster, spec.name);
	for (const name of ['upper', 'work', 'root']) await mkdir(join(dir, name), {recursive: true});
	await exec(['cp', '-a', join(spec.layers.at(-1) as string, 'var'), join(dir, 'var')]);
	for (const [path, from] of Object.entries(spec.disk ?? {})) await cloneDisk(from, join(dir, path));
	const files: Record<string, string> = {
		...spec.files,
		'etc/hostname': `${spec.name}\n`,
		'etc/machine/links': `${spec.links.join('\n')}\n`,
		'etc/machine/network': `${spec.network.join('\n')}\n`,
		'etc/machine/sysctl': Object.entries(spec.sysctls ?? {}).map(([key, value]) => `${key} ${value}\n`).join(''),
		'etc/machine/nft': spec.nft ?? '',
	};
	await mkdir(join(dir, 'upper/etc/machine/services'), {recursive: true});
	for (const [name, script] of Object.entries(spec.services ?? {})) files[`etc/machine/services/${name}/run`] = `#!/bin/sh\nexec >>/var/log/${name}.log 2>&1\n${script}\n`;
	for (const name of spec.held ?? []) files[`etc/machine/services/${name}/down`] = '';
	for (const [path, content] of Object.entries(files)) {
		const file = path.startsWith('var/') ? join(dir, path) : join(dir, 'upper', path);
		await mkdir(dirname(file), {recursive: true});
		await writeFile(file, content, {mode: path.endsWith('/run') ? 0o755 : path.includes('pki/') || path.endsWith('.conf') ? 0o600 : 0o644});
	}
	await writeFile(join(dir, 'hierarchies'), await hierarchyLines());
	await writeFile(join(dir, 'layers'), spec.layers.join('\n'));
};

const childOf = async (pid: number): Promise<number | undefined> => {
	const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
	return text.trim() ? Number(text.trim().split(' ')[0]) : undefined;
};

/** A shell line that enters the groups whose files are in this variable. 0 is the writer itself, in any pid namespace. */
const enter = (variable: string): string => `for file in $${variable}; do echo 0 > "$file" || exit; done`;

/** Starts a prepared machine: its own namespaces and cgroup, boot.sh as first process. It outlives this process; killing `pid` ends all of it. */
export const bootMachine = async (cluster: string, id: string, {name, layers}: Pick<MachineSpec, 'name' | 'layers'>): Promise<Machine> => {
	const dir = dirOf(cluster, name);
	const groups = await makeGroups(id, name);
	const log = await open(join(dir, 'boot.log'), 'a');
	const boot = join(import.meta.dirname, 'boot.sh');
	const child = spawn('sh', [
		'-c', `${enter('KEEPER')}; exec unshare --mount --uts --ipc --net --pid --fork --kill-child -- sh -c '${enter('INSIDE')}; exec unshare --cgroup -- sh "$@"' "$0" "$@"`,
		'machine', boot, dir, name, layers.join(':'),
	], {detached: true, stdio: ['ignore', log.fd, log.fd], env: {PATH: process.env['PATH'] ?? '', KEEPER: groups.keeper.join(' '), INSIDE: groups.inside.join(' ')}, cwd: '/'});
	const failed = new Promise<never>((_, reject) => {
		child.once('error', error => { reject(new Error(`machine ${name}: cannot start unshare`, {cause: error})); });
		child.once('exit', code => { reject(new Error(`machine ${name} ended at boot (exit ${code}); see ${join(dir, 'boot.log')}`)); });
	});
	failed.catch(() => undefined);
	child.unref();
	await log.close();
	const find = async (): Promise<number> => {
		for (;;) {
			const pid = child.pid === undefined ? undefined : await childOf(child.pid);
			if (pid !== undefined) return pid;
			await sleep(5);
		}
	};
	const pid = await Promise.race([find(), failed]);
	await writeFile(pidFileOf(cluster, name), String(pid));
	return {name, dir, pid, access: {kind: 'nsenter', pidFile: pidFileOf(cluster, name)}};
};
