import {chmod, copyFile, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import type {Engine} from '../../lib/access.ts';
import type {Shell} from '../../lib/shell/shell.ts';
import {succeed, type SucceedOptions} from '../../lib/shell/succeed.ts';

const HOME = 'opt/vipcheck';

/** `ldd` lists libraries as `name => path (address)`, and the loader by its path alone. */
const librariesOf = (listing: string): readonly string[] =>
	[...listing.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(([, path]) => path as string);

/** What starts a program where the file system has no C library, or another one: its own loader does, with its own libraries. */
export const starter = (name: string, libraries: readonly string[]): string => {
	const loader = libraries.map(path => basename(path)).find(library => library.startsWith('ld-'));
	if (loader === undefined) throw new Error(`ldd of ${name} names no loader among ${libraries.join(', ')}`);
	return `#!/bin/sh\nexec /${HOME}/${loader} --library-path /${HOME} /${HOME}/${name} "$@"\n`;
};

/** What nodes are probed and asked with: Node, and curl where this host has it. */
export const nodePrograms = async (host: Shell, {signal}: Pick<SucceedOptions, 'signal'>): Promise<ReadonlyMap<string, string>> => {
	const curl = (await host.run(['sh', '-c', 'command -v curl'], signal ? {signal} : {})).stdout.trim();
	return new Map([['node', process.execPath], ...(curl === '' ? [] : [['curl', curl] as const])]);
};

/** Gives a container what it lacks of these programs (name → path on this host), each with all that it loads. */
export const givePrograms = async (
	host: Shell,
	engine: Engine,
	container: string,
	programs: ReadonlyMap<string, string>,
	options: Pick<SucceedOptions, 'signal' | 'log'>,
): Promise<void> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-programs-'));
	const at = (...path: string[]): string => join(dir, ...path);
	const put = async (from: string, name: string): Promise<void> => {
		await copyFile(from, at(HOME, name));
		await chmod(at(HOME, name), 0o755);
	};
	try {
		// The container's own root takes on its mode.
		await chmod(dir, 0o755);
		await mkdir(at(HOME), {recursive: true});
		await mkdir(at('usr/local/bin'), {recursive: true});
		let given = 0;
		for (const [name, path] of programs) {
			const there = await host.run([engine, 'exec', container, name, '--version'], options.signal ? {signal: options.signal} : {});
			if (there.exitCode === 0) continue;
			const libraries = librariesOf(await succeed(host, ['ldd', path], options));
			for (const library of libraries) await put(library, basename(library));
			await put(path, name);
			await writeFile(at('usr/local/bin', name), starter(name, libraries), {mode: 0o755});
			given++;
		}
		if (given > 0) await succeed(host, [engine, 'cp', `${dir}/.`, `${container}:/`], options);
	} finally {
		await rm(dir, {recursive: true});
	}
};
