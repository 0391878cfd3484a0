import {createHash} from 'node:crypto';
import {chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {createReadStream} from 'node:fs';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {onHost} from '../host.ts';

export type ImageSpec = {
	/** Full name with tag. */
	readonly name: string;
	/**
	 * One layer for each: path in the image → file of this host, or `-> target` for a symbolic link. Equal layers are stored once by
	 * containerd.
	 */
	readonly layers: readonly Readonly<Record<string, string>>[];
	readonly entrypoint: readonly string[];
	readonly command?: readonly string[];
};

const sha256 = async (file: string): Promise<string> => {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
};

const layerTar = async (files: Readonly<Record<string, string>>, work: string, tar: string): Promise<void> => {
	await mkdir(join(work, 'tmp'), {recursive: true});
	await chmod(join(work, 'tmp'), 0o1777);
	for (const [to, from] of Object.entries(files)) {
		const path = join(work, to);
		await mkdir(dirname(path), {recursive: true});
		if (from.startsWith('-> ')) {
			await symlink(from.slice(3), path);
			continue;
		}
		await copyFile(from, path);
		await chmod(path, 0o755);
	}
	await onHost(['tar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-C', work, '-cf', tar, '.']);
};

/**
 * Writes an image as an archive that `ctr images import` takes (docker-archive: config, layers, manifest.json), without any container
 * engine. Work files are beside it meanwhile.
 */
export const writeImage = async ({name, layers, entrypoint, command}: ImageSpec, archive: string): Promise<void> => {
	const dir = await mkdtemp(`${archive}.`);
	const names: string[] = [];
	for (const [index, files] of layers.entries()) {
		const work = join(dir, `layer-${index}`);
		await layerTar(files, work, join(dir, `layer-${index}.tar`));
		await rm(work, {recursive: true});
		names.push(`layer-${index}.tar`);
	}
	const diffIds = await Promise.all(names.map(async layer => `sha256:${await sha256(join(dir, layer))}`));
	const config = JSON.stringify({
		architecture: process.arch === 'x64' ? 'amd64' : process.arch,
		os: 'linux',
		created: '1970-01-01T00:00:00Z',
		config: {
			Entrypoint: entrypoint,
			...(command ? {Cmd: command} : {}),
			Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
			WorkingDir: '/',
		},
		rootfs: {type: 'layers', diff_ids: diffIds},
		history: names.map(layer => ({created: '1970-01-01T00:00:00Z', created_by: layer})),
	});
	await writeFile(join(dir, 'config.json'), config);
	await writeFile(join(dir, 'manifest.json'), JSON.stringify([{Config: 'config.json', RepoTags: [name], Layers: names}]));
	await onHost(['tar', '-C', dir, '-cf', archive, 'config.json', 'manifest.json', ...names]);
	await rm(dir, {recursive: true});
};

/** A program of a file system and every shared library that it (and the plugins beside it) loads: path in the image → path on this host. */
export const withLibraries = async (
	root: string,
	programs: readonly string[],
	plugins: readonly string[] = [],
): Promise<Record<string, string>> => {
	const listing = await onHost(['chroot', root, 'ldd', ...programs, ...plugins]);
	const libraries = [...listing.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(match => match[1] as string);
	return Object.fromEntries([...programs, ...plugins, ...libraries].map(path => [path.slice(1), join(root, path)]));
};
