import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {$ as zx} from 'zx/core';
import type {Engine} from '../../lib/access.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {UsageError} from '../../lib/usage.ts';
import {findEngine} from '../containers/engine.ts';
import {KUBERNETES_VERSIONS} from '../embedded/parts.ts';
import {goEnvironment} from '../embedded/parts/go-environment.ts';
import {goProgram} from '../embedded/parts/go.ts';
import {chooseParts} from '../embedded/parts/choose.ts';
import {containerdTemplate} from '../embedded/parts/containerd.ts';
import {nodeFileSystem} from '../embedded/parts/rootfs.ts';
import type {PartsContext} from '../embedded/parts/source.ts';
import {kindProgram} from '../kind/cli.ts';
import {FIRST_PROGRAM, kindFileSystem} from './file-system.ts';
import {nodeArchives} from './images.ts';

/** Where `docker images` shows what is made here; nothing can be had under this name from a registry. */
const nodeImageName = (kubernetes: string): string => `localhost/vipcheck/node:v${kubernetes}`;

/** kind's images/base/files: a folder of its module, which its CLI is built from as well. */
const kindFilesOf = async (cache: string, signal: AbortSignal): Promise<string> => {
	const $ = zx({quiet: true, signal, env: {...process.env, ...goEnvironment(cache)}});
	const module = join(import.meta.dirname, '..', 'kind', 'go');
	await $`go mod download -C ${module} sigs.k8s.io/kind`.nothrow();
	return join((await $`go list -C ${module} -m -f ${'{{.Dir}}'} sigs.k8s.io/kind`).stdout.trim(), 'images/base/files');
};

const DOCKERFILE = (base: string, kubernetes: string): string =>
	[`FROM ${base}`, 'STOPSIGNAL SIGRTMIN+3', `LABEL vipcheck.node-image=${kubernetes} vipcheck.pod-network=own`].join('\n');

/**
 * Gets or builds all that the image is made of: its whole file system, in the cache. Needs no engine. Answers its directory. Throws what a
 * part throws that cannot be had.
 */
const nodeFiles = async (kubernetes: string, context: PartsContext): Promise<string> => {
	const {cache, signal} = context;
	const {source, missing} = await chooseParts(undefined, kubernetes, cache);
	if (missing.length > 0) throw new Error(missing.join('\n'));
	const root = join(await nodeFileSystem(process.execPath, context), 'root');
	const programs = new Map(await source.programs(kubernetes, context));
	programs.set(
		'etcd',
		await goProgram({name: 'etcd', goPackage: '.', module: join(import.meta.dirname, 'go/etcd'), flags: '-s -w'}, context),
	);
	const program = (name: string): string => {
		const path = programs.get(name);
		if (path === undefined) throw new Error(`the parts from ${source.name} have no ${name}`);
		return path;
	};
	const {archives, pause} = await nodeArchives(kubernetes, root, program, context);
	const containerd = join(await containerdTemplate(root, archives, true, context), 'containerd');
	const kindFiles = await kindFilesOf(cache, signal);
	return kindFileSystem({kubernetes, root, containerd, program, kindFiles, pause}, context);
};

/** Gives the engine a file system as a node image, with the images of the checks in it and no pod network of its own. Answers its name. */
const loadImage = async (files: string, kubernetes: string, engine: Engine, {signal, progress}: PartsContext): Promise<string> => {
	const $ = zx({quiet: true, signal});
	const [name, base] = [nodeImageName(kubernetes), `localhost/vipcheck/node-files:v${kubernetes}`];
	progress(`${engine} import`);
	const entrypoint = JSON.stringify([FIRST_PROGRAM, '/usr/local/bin/entrypoint', '/sbin/init']);
	const changes = ['-c', `ENTRYPOINT ${entrypoint}`, '-c', 'ENV container=docker'];
	await $`tar -C ${files} --numeric-owner -c . | ${engine} import ${changes} - ${base}`;
	await $({input: DOCKERFILE(base, kubernetes), env: {...process.env, DOCKER_BUILDKIT: '0'}})`${engine} build --tag ${name} -`;
	return name;
};

const versionFor = (asked: string | undefined): string => {
	const plain = asked?.replace(/^v/, '');
	const version = KUBERNETES_VERSIONS.find(one => plain === undefined || one === plain || one.startsWith(`${plain}.`));
	if (version === undefined) throw new UsageError(`Kubernetes ${asked} cannot be made here: use --k8s ${KUBERNETES_VERSIONS.join(', ')}`);
	return version;
};

const withLog = async (context: Omit<PartsContext, 'log'>): Promise<PartsContext> => {
	await mkdir(context.cache, {recursive: true});
	return {...context, log: join(context.cache, 'node-image.log')};
};

/**
 * Gets and builds what a node image is made of, and kind's own CLI where there is none: `nodeImage` and the provider then need neither a
 * network nor time. Answers the directory of the files. Throws UsageError for a version that there is not.
 */
export const prepareNodeImage = async (asked: string | undefined, context: Omit<PartsContext, 'log'>): Promise<string> => {
	const version = versionFor(asked);
	const logged = await withLog(context);
	await kindProgram(localShell('this host'), logged);
	return nodeFiles(version, logged);
};

/**
 * Builds a kind node image of the embedded cluster's parts and loads it into the engine, without any registry. Answers its name. Throws
 * UsageError for a version that there is not, or an engine that does not answer.
 */
export const nodeImage = async (asked: string | undefined, engine: Engine, context: Omit<PartsContext, 'log'>): Promise<string> => {
	const version = versionFor(asked);
	const state = await findEngine(localShell('this host'), engine);
	if (!state.ok) throw new UsageError(state.why);
	const logged = await withLog(context);
	return loadImage(await nodeFiles(version, logged), version, engine, logged);
};
