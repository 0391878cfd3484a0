import {copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import type {ClusterRef} from '../../../lib/target.ts';
import {causesOf} from '../../../lib/usage.ts';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {fetchPackages} from './apt.ts';
import {MUSL_TIMEOUT_MS, MUSL_TRIED_AGAIN_MS} from './limits.ts';
import type {PartsContext} from './source.ts';
import {UNPACK_SOURCE, unpackPackages} from './unpack.ts';

/** The suite whose musl (1.2.5) asks over TCP what is too long for a datagram; where it cannot be had, the host's own release's. */
const SUITE = 'trixie';
/** musl itself, and the smallest compiler there is, with the libc that it runs with. musl-dev alone would bring gcc. */
const PACKAGES = ['musl-dev', 'tcc', 'libc6'];
const SOURCE = join(import.meta.dirname, 'resolve.c');

export type MuslResolver = NonNullable<ClusterRef['muslResolver']>;

/** The version of musl in the names of packages: `musl-dev_1.2.5-3_amd64.deb`. */
export const muslVersion = (files: readonly string[]): string =>
	files.map(file => /^musl-dev_(?:\d+%3a)?([\d.]+)/.exec(basename(file))?.[1]).find(version => version !== undefined) ?? 'unknown';

const build = async (unfinished: string, {signal, log, progress}: PartsContext): Promise<void> => {
	progress(`musl of ${SUITE}`);
	const [apt, root] = [join(unfinished, 'apt'), join(unfinished, 'root')];
	const packages = await fetchPackages(PACKAGES, apt, {signal, log, suite: SUITE, alone: true});
	await unpackPackages(packages, root, {signal, log});
	await copyFile(SOURCE, join(root, 'resolve.c'));
	const triplet = (await readdir(join(root, 'usr/lib'))).find(name => name.endsWith('-linux-musl'));
	if (triplet === undefined) throw new Error('the package musl-dev has no library');
	const at = (name: string): string => `/usr/lib/${triplet}/${name}`;
	const parts = [at('crt1.o'), at('crti.o'), '/resolve.c', at('libc.a'), at('crtn.o')];
	const compile = ['/usr/bin/tcc', '-static', '-nostdinc', '-nostdlib', `-I/usr/include/${triplet}`, '-o', '/resolve', ...parts];
	await onHost(['chroot', root, ...compile], {signal, log, contained: true});
	await rename(join(root, 'resolve'), join(unfinished, 'resolve'));
	await writeFile(join(unfinished, 'version'), muslVersion(packages));
	for (const path of [apt, root]) await rm(path, {recursive: true});
};

/** Why it could not be had, while that is fresh: a host without a network does not wait for it again at each cluster. */
const failedLately = async (file: string): Promise<string | undefined> => {
	try {
		return Date.now() - (await stat(file)).mtimeMs < MUSL_TRIED_AGAIN_MS ? await readFile(file, 'utf8') : undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

/**
 * A program of this host that asks musl's resolver, static, so that it runs in any pod. Where it cannot be had, why: only the checks that
 * need it are left out.
 */
export const muslResolver = async (context: PartsContext, make = build): Promise<MuslResolver> => {
	const {cache, signal} = context;
	const own = (await Promise.all([import.meta.filename, UNPACK_SOURCE, SOURCE].map(async file => readFile(file, 'utf8')))).join('');
	const path = join(cache, 'musl', digest(own));
	const why = await failedLately(`${path}.why`);
	if (why !== undefined) return {why};
	const bounded = AbortSignal.any([signal, AbortSignal.timeout(MUSL_TIMEOUT_MS)]);
	try {
		await once(path, async unfinished => make(unfinished, {...context, signal: bounded}), bounded);
	} catch (error) {
		signal.throwIfAborted();
		const line = causesOf(error).join(': ');
		await mkdir(join(cache, 'musl'), {recursive: true});
		await writeFile(`${path}.why`, line);
		return {why: line};
	}
	return {path: join(path, 'resolve'), version: await readFile(join(path, 'version'), 'utf8')};
};
