import {copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {fetchPackages} from './apt.ts';
import type {PartsContext} from './source.ts';
import {UNPACK_SOURCE, unpackPackages} from './unpack.ts';

/**
 * The suite whose user-mode Linux (6.12) forks three times as fast as that of the release before, and still has the tables of
 * iptables-legacy, which those after it (7.x) have no more. Where it cannot be had, the host's own release's.
 */
const SUITE = 'trixie';
const PACKAGE = 'user-mode-linux';

/** A part of the kernel's process that Debian's program lacks, and the smallest compiler there is for it. */
const SHIM = join(import.meta.dirname, '../machine/uml/fpregs.c');
const COMPILER = 'tcc';

/** A kernel that runs as a program of this host. */
export type OwnKernel = {
	/** Of the kernel: `6.12.113`. */
	readonly release: string;
	/** Root directory for the program: itself and its libc, and places to mount a machine's things. */
	readonly root: string;
	/** Layers for the file system of a machine, the upper first: the kernel's modules, and the tools that speak with its tables. */
	readonly layers: readonly string[];
};

/** No kernel of this kind has nf_tables' ip family: `iptables` is the one that speaks with the older tables. */
const LEGACY = ['iptables', 'ip6tables'].flatMap(tool => ['', '-save', '-restore'].map(suffix => `${tool}${suffix}`));

/** User-mode Linux, from Debian's package. */
export const ownKernel = async ({cache, signal, log, progress}: PartsContext): Promise<OwnKernel> => {
	const own = (await Promise.all([import.meta.filename, UNPACK_SOURCE, SHIM].map(async file => readFile(file, 'utf8')))).join('');
	const path = await once(
		join(cache, 'kernels', digest(own)),
		async unfinished => {
			progress(`${PACKAGE} of ${SUITE}`);
			const apt = join(unfinished, 'apt');
			const packages = await fetchPackages([PACKAGE, COMPILER], apt, {signal, log, suite: SUITE});
			const root = join(unfinished, 'root');
			for (const name of ['proc', 'dev', 'tmp', 'node', 'machine', 'disk']) await mkdir(join(root, name), {recursive: true});
			await unpackPackages(packages, root, {signal, log});
			await copyFile(SHIM, join(root, 'tmp/fpregs.c'));
			const compile = [COMPILER, '-shared', '-nostdlib', '-o', '/usr/lib/fpregs.so', '/tmp/fpregs.c'];
			await onHost(['chroot', root, ...compile], {signal, log, contained: true});
			await mkdir(join(root, 'etc'), {recursive: true});
			await writeFile(join(root, 'etc/ld.so.preload'), '/usr/lib/fpregs.so\n');
			const layer = join(unfinished, 'layer');
			await mkdir(join(layer, 'usr/lib'), {recursive: true});
			await mkdir(join(layer, 'usr/sbin'));
			await rename(join(root, 'usr/lib/uml/modules'), join(layer, 'usr/lib/modules'));
			for (const name of LEGACY) await symlink('xtables-legacy-multi', join(layer, 'usr/sbin', name));
			for (const name of ['share', 'lib/x86_64-linux-gnu/gconv', 'lib/x86_64-linux-gnu/tcc', 'bin/tcc'])
				await rm(join(root, 'usr', name), {recursive: true, force: true});
			await writeFile(join(unfinished, 'packages.txt'), packages.map(file => `${basename(file)}\n`).join(''));
			await rm(apt, {recursive: true});
		},
		signal,
	);
	const [release] = await readdir(join(path, 'layer/usr/lib/modules'));
	if (release === undefined) throw new Error(`${path} has no kernel modules`);
	return {release, root: join(path, 'root'), layers: [join(path, 'layer')]};
};
