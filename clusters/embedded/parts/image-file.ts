import {createReadStream, createWriteStream} from 'node:fs';
import {chmod, lstat, mkdir, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGunzip, createZstdDecompress} from 'node:zlib';
import {onHost} from '../host.ts';
import type {DownloadContext} from './download.ts';
import {ImageError, type RemoteImage} from './registry.ts';

/**
 * Layers are tar archives, as they are or packed (https://github.com/opencontainers/image-spec/blob/main/layer.md); Docker's media types
 * end in `.tar.gzip`.
 */
const unpack = async (mediaType: string, from: string, to: string, signal: AbortSignal): Promise<void> => {
	const [, packed] = /tar(?:[.+](gzip|zstd))?$/.exec(mediaType) ?? [];
	if (packed === undefined && !mediaType.endsWith('tar')) throw new ImageError(`a layer is ${mediaType}, which is no tar archive`);
	if (packed === undefined) return rename(from, to);
	await pipeline(createReadStream(from), packed === 'gzip' ? createGunzip() : createZstdDecompress(), createWriteStream(to), {signal});
	return rm(from);
};

/**
 * Fetches one program out of an image: layers from the top down, until one has it (or a whiteout of it). `path` is that in the image,
 * without a leading slash. Throws ImageError when there is no such regular file, and what fetching throws. `work` is a directory for this
 * alone; it is gone afterwards.
 */
export const fetchFile = async (
	{layers, fetchLayer}: RemoteImage,
	path: string,
	to: string,
	work: string,
	context: DownloadContext,
): Promise<void> => {
	const {signal} = context;
	// Of the file, and of its whole directory: they hide what lower layers have.
	const whiteouts = [`.wh.${basename(path)}`, '.wh..wh..opq'].map(name => join(dirname(path), name));
	await mkdir(work);
	try {
		for (const layer of layers.toReversed()) {
			const [packed, tar, tree] = [join(work, 'layer'), join(work, 'layer.tar'), join(work, 'tree')];
			await fetchLayer(layer, packed, context);
			await unpack(layer.mediaType, packed, tar, signal);
			// As they stand in the archive: with or without `./` or `/` before them.
			const names = (await onHost(['tar', '--quoting-style=literal', '-P', '-tf', tar], {signal})).split('\n');
			const member = (wanted: string): string | undefined => names.find(name => name.replace(/^\.?\//, '') === wanted);
			const name = member(path);
			if (name === undefined) {
				if (whiteouts.some(whiteout => member(whiteout) !== undefined)) break;
				continue;
			}
			await mkdir(tree);
			await onHost(['tar', '--no-same-owner', '-C', tree, '-xf', tar, '--', name], {signal});
			if (!(await lstat(join(tree, path))).isFile()) throw new ImageError(`${path} in layer ${layer.digest} is no regular file`);
			await rename(join(tree, path), to);
			await chmod(to, 0o755);
			return;
		}
		throw new ImageError(`no layer has the file ${path}`);
	} finally {
		await rm(work, {recursive: true, force: true});
	}
};
