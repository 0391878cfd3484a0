import {access, appendFile, copyFile, mkdir, readFile, rm, symlink} from 'node:fs/promises';
import {availableParallelism} from 'node:os';
import {dirname, join} from 'node:path';
import {containedShell} from '../../../lib/shell/contained.ts';
import {CommandError} from '../../../lib/shell/succeed.ts';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {fetchPackages} from './apt.ts';
import {withLibraries} from './image.ts';
import {notHeld} from './kernel-config.ts';
import type {OwnKernel} from './kernel.ts';
import type {PartsContext} from './source.ts';
import {unpackPackages} from './unpack.ts';

/** With the fragment, all that decides what is built, and so its name in the cache; the text of this file is not: a build takes minutes. */
const RECIPE = {
	source: 'linux-source-7.2',
	/** What it is built with, of the host's own release: it then runs with a libc like the host's. */
	tools: [
		...[
			'bash',
			'coreutils',
			'dash',
			'diffutils',
			'findutils',
			'grep',
			'gzip',
			'libc-bin',
			'mawk',
			'perl-base',
			'sed',
			'tar',
			'xz-utils',
		],
		...['bc', 'bison', 'flex', 'gcc', 'libc6-dev', 'm4', 'make'],
	],
	alternatives: {awk: 'mawk', yacc: 'bison.yacc'},
	/** Large, and of nothing that is built. */
	leftOut: ['*/Documentation/*/*', '*/drivers/gpu/drm/*/*.[ch]'],
	configure: ['make -s ARCH=um defconfig', 'cat nodes.config >> .config', 'make -s ARCH=um olddefconfig'],
	make: ['ARCH=um', 'linux'],
} as const;

/** Suites that have the source, the one that keeps it longer first. */
const SUITES = ['trixie-backports', 'sid'];

/** What libc loads when a thread of the kernel is ended, as it is with the machine's power. */
const LIBGCC = '/lib/x86_64-linux-gnu/libgcc_s.so.1';

/** Objects that are compiled, about. */
const OBJECTS = 1200;
/** Between two words on how far it is. */
const TOLD_EVERY = 20;

const FRAGMENT = join(import.meta.dirname, 'kernel.config');
const IN_ROOT = join(import.meta.dirname, 'in-root.sh');
const inRoot = (root: string, argv: readonly string[]): readonly string[] => ['sh', IN_ROOT, root, ...argv];

const fetchSource = async (dir: string, {signal, log}: PartsContext): Promise<string> => {
	const failures: Error[] = [];
	for (const suite of SUITES)
		try {
			const [file] = await fetchPackages([RECIPE.source], join(dir, suite), {signal, log, suite, alone: true});
			if (file !== undefined) return file;
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			failures.push(error);
		}
	throw new Error(`${RECIPE.source} can be had from none of ${SUITES.join(', ')}: leave out --node-kernel uml-built, or use uml`, {
		cause: failures[0],
	});
};

/** Compiles, and tells how far it is. Throws CommandError with the last words. */
const compile = async (root: string, {signal, log, progress}: PartsContext): Promise<void> => {
	const argv = inRoot(root, ['make', '-C', '/src', `-j${availableParallelism()}`, ...RECIPE.make]);
	const making = containedShell('this host').converse(argv, {signal});
	const said: string[] = [];
	let objects = 0;
	for await (const line of making.lines) {
		said.push(line);
		if (!/^ {2}CC /.test(line)) continue;
		if (objects % TOLD_EVERY === 0) progress(`kernel of nodes, ${objects} of about ${OBJECTS} objects`);
		objects++;
	}
	const {exitCode, stderr} = await making.ended;
	await appendFile(log, `this host $ ${argv.join(' ')}\n${said.join('\n')}\n${stderr}`);
	signal.throwIfAborted();
	if (exitCode !== 0) {
		const last = stderr.trim().split('\n').slice(-6).join('\n');
		throw new CommandError(`the kernel of nodes cannot be compiled: exit ${exitCode} from make\n${last}\n(log: ${log})`);
	}
};

/** Builds it in a root of its own, which nothing of the host is in: `build`. */
const make = async (build: string, context: PartsContext): Promise<void> => {
	const {signal, log, progress} = context;
	const apt = `${build}-apt`;
	progress(`${RECIPE.source}, and what it is built with`);
	const source = await fetchSource(apt, context);
	const tools = await fetchPackages(RECIPE.tools, join(apt, 'tools'), {signal, log});
	for (const name of ['proc', 'dev', 'tmp', 'src']) await mkdir(join(build, name), {recursive: true});
	await unpackPackages([...tools, source], build, {signal, log});
	await rm(apt, {recursive: true});
	for (const [name, to] of Object.entries(RECIPE.alternatives))
		await symlink(to, join(build, 'usr/bin', name)).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error;
		});
	progress('kernel of nodes, unpacking');
	const archive = `/usr/src/${RECIPE.source}.tar.xz`;
	const leaveOut = RECIPE.leftOut.map(pattern => `--exclude=${pattern}`);
	const run = async (argv: readonly string[]) => onHost(inRoot(build, argv), {signal, log, contained: true});
	await run(['tar', '-xJf', archive, '-C', '/src', '--strip-components=1', ...leaveOut]);
	await rm(join(build, archive));
	await copyFile(FRAGMENT, join(build, 'src/nodes.config'));
	await run(['sh', '-ec', ['cd /src', ...RECIPE.configure].join('\n')]);
	const missing = notHeld(await readFile(FRAGMENT, 'utf8'), await readFile(join(build, 'src/.config'), 'utf8'));
	if (missing.length > 0) throw new Error(`${RECIPE.source} cannot be configured as ${FRAGMENT} asks: ${missing.join(', ')}`);
	await compile(build, context);
};

const placeOf = async (cache: string): Promise<string> =>
	join(cache, 'kernels', `built-${digest(JSON.stringify(RECIPE), await readFile(FRAGMENT, 'utf8'))}`);

/** The source, what it is built with, and what comes of it. */
const DISK_GIB = 3;

/** Whether it is in the cache. */
export const hasBuiltKernel = async (cache: string): Promise<boolean> =>
	access(await placeOf(cache)).then(
		() => true,
		() => false,
	);

/** What the building takes on the disk meanwhile; 0 once it is built. */
export const builtKernelDiskGib = async (cache: string): Promise<number> => ((await hasBuiltKernel(cache)) ? 0 : DISK_GIB);

/** User-mode Linux, built from Debian's source with what nodes need, all in one program. The first time this takes many minutes. */
export const builtKernel = async (context: PartsContext): Promise<OwnKernel> => {
	const {cache, signal} = context;
	const path = await once(
		await placeOf(cache),
		async unfinished => {
			const build = join(unfinished, 'build');
			await make(build, context);
			const root = join(unfinished, 'root');
			for (const name of ['proc', 'dev', 'tmp', 'node', 'machine', 'disk', 'usr/bin'])
				await mkdir(join(root, name), {recursive: true});
			const {'src/linux': program = '', ...libraries} = await withLibraries(build, ['/src/linux'], [LIBGCC]);
			await copyFile(program, join(root, 'usr/bin/linux.uml'));
			for (const [to, from] of Object.entries(libraries)) {
				await mkdir(dirname(join(root, to)), {recursive: true});
				await copyFile(from, join(root, to));
			}
			await copyFile(join(build, 'src/.config'), join(unfinished, 'config'));
			await copyFile(join(build, 'src/include/config/kernel.release'), join(unfinished, 'release'));
			await rm(build, {recursive: true});
		},
		signal,
	);
	return {release: (await readFile(join(path, 'release'), 'utf8')).trim(), root: join(path, 'root'), layers: []};
};
