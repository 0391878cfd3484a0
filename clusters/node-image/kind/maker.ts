import {join} from 'node:path';
import {$ as zx} from 'zx/core';
import {goEnvironment} from '../../embedded/parts/go-environment.ts';
import {goProgram} from '../../embedded/parts/go.ts';
import {containerdTemplate} from '../../embedded/parts/containerd.ts';
import {nodeFileSystem} from '../../embedded/parts/rootfs.ts';
import {KIND} from '../../kind/cli.ts';
import {OWN_IMAGE_LABEL, ownImageName} from '../../kind/image.ts';
import {importImage, type Maker} from '../maker.ts';
import {FIRST_PROGRAM, kindFileSystem} from './file-system.ts';
import {nodeArchives} from './images.ts';

/** kind's images/base/files: a folder of its module, which its CLI is built from as well. */
const kindFilesOf = async (cache: string, signal: AbortSignal): Promise<string> => {
	const $ = zx({quiet: true, signal, env: {...process.env, ...goEnvironment(cache)}});
	await $`go mod download -C ${KIND.module} ${KIND.goPackage}`.nothrow();
	return join((await $`go list -C ${KIND.module} -m -f ${'{{.Dir}}'} ${KIND.goPackage}`).stdout.trim(), 'images/base/files');
};

const DOCKERFILE = (base: string, kubernetes: string): string =>
	[`FROM ${base}`, 'STOPSIGNAL SIGRTMIN+3', `LABEL ${OWN_IMAGE_LABEL}=${kubernetes} vipcheck.pod-network=own`].join('\n');

/** kind's node image, with the images of the checks in it and no pod network of its own. */
export const kindImage: Maker = {
	cli: KIND,
	async files(kubernetes, source, context) {
		const {cache, signal} = context;
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
	},
	async load(files, kubernetes, engine, context) {
		const [name, base] = [ownImageName(kubernetes), `localhost/vipcheck/node-files:v${kubernetes}`];
		const entrypoint = JSON.stringify([FIRST_PROGRAM, '/usr/local/bin/entrypoint', '/sbin/init']);
		await importImage(files, base, [`ENTRYPOINT ${entrypoint}`, 'ENV container=docker'], engine, context);
		const $ = zx({quiet: true, signal: context.signal, env: {...process.env, DOCKER_BUILDKIT: '0'}});
		await $({input: DOCKERFILE(base, kubernetes)})`${engine} build --tag ${name} -`;
		return name;
	},
	use: () => 'vipcheck test --provider kind   # takes it by itself',
};
