import {createHash, randomBytes} from 'node:crypto';
import {access, mkdir, readdir, realpath, rename, rm} from 'node:fs/promises';
import {createServer, type Server} from 'node:net';
import {basename, dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {onHost} from './host.ts';

const exists = async (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

/** A short name for a set of inputs: equal inputs, equal name. */
export const digest = (...inputs: readonly string[]): string => createHash('sha256').update(inputs.join('\0')).digest('hex').slice(0, 12);

/**
 * Holds the name of a path as an abstract socket (unix(7)), which the kernel takes back with the process, however that ends: no lock is
 * ever stale. Undefined: another one holds it.
 */
const tryLock = async (path: string): Promise<Server | undefined> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EADDRINUSE') resolve(undefined);
			else reject(error);
		});
		server.listen(`\0vipcheck-once-${digest(path)}`, () => {
			server.unref();
			resolve(server);
		});
	});

const lock = async (path: string, signal?: AbortSignal): Promise<Server> => {
	for (;;) {
		const held = await tryLock(path);
		if (held) return held;
		await sleep(100, undefined, signal ? {signal} : {});
	}
};

/**
 * Makes a directory once and for all processes: `make` fills a temporary one, which gets its name only when it is complete and on disk.
 * What an interrupted `make` left is removed, never used. Returns the path.
 */
export const once = async (path: string, make: (unfinished: string) => Promise<void>, signal?: AbortSignal): Promise<string> => {
	if (await exists(path)) return path;
	await mkdir(dirname(path), {recursive: true});
	const held = await lock(await realpath(dirname(path)).then(parent => join(parent, basename(path))), signal);
	try {
		if (await exists(path)) return path;
		for (const name of await readdir(dirname(path)))
			if (name.startsWith(`${basename(path)}.unfinished-`)) await rm(join(dirname(path), name), {recursive: true, force: true});
		const unfinished = `${path}.unfinished-${randomBytes(3).toString('hex')}`;
		await mkdir(unfinished);
		try {
			await make(unfinished);
			await onHost(['sync', '-f', unfinished]);
			await rename(unfinished, path);
		} catch (error) {
			await rm(unfinished, {recursive: true, force: true});
			throw error;
		}
		return path;
	} finally {
		held.close();
	}
};
