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

/** What starts Node where the file system has no C library of Node's, or another one: its own loader does, with its own libraries. */
export const starter = (libraries: readonly string[]): string => {
	const loader = libraries.map(path => basename(path)).find(name => name.startsWith('ld-'));
	if (loader === undefined) throw new Error(`ldd of Node names no loader among ${libraries.join(', ')}`);
	return `#!/bin/sh\nexec /${HOME}/${loader} --library-path /${HOME} /${HOME}/node "$@"\n`;
};

/** Probes are sent by Node: a container without it gets that which runs this, with all that it loads. */
export const giveNode = async (
	host: Shell,
	engine: Engine,
	container: string,
	options: Pick<SucceedOptions, 'signal' | 'log'>,
): Promise<void> => {
	const there = await host.run([engine, 'exec', container, 'node', '--version'], options.signal ? {signal: options.signal} : {});
	if (there.exitCode === 0) return;
	const libraries = librariesOf(await succeed(host, ['ldd', process.execPath], options));
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-node-'));
	try {
		await mkdir(join(dir, HOME), {recursive: true});
		await mkdir(join(dir, 'usr/local/bin'), {recursive: true});
		for (const [from, to] of [[process.execPath, 'node'] as const, ...libraries.map(path => [path, basename(path)] as const)]) {
			await copyFile(from, join(dir, HOME, to));
			await chmod(join(dir, HOME, to), 0o755);
		}
		await writeFile(join(dir, 'usr/local/bin/node'), starter(libraries), {mode: 0o755});
		await succeed(host, [engine, 'cp', `${dir}/.`, `${container}:/`], options);
	} finally {
		await rm(dir, {recursive: true});
	}
};
