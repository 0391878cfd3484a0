import {readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {minorOf} from '../../../lib/target.ts';
import {digest, once} from '../cache.ts';
import {KUBERNETES_VERSIONS} from '../parts.ts';
import {writeImage} from './image.ts';
import {kubeProxySpec} from './images.ts';
import {nodeFileSystem} from './rootfs.ts';
import type {PartsContext, Source} from './source.ts';

const NAME = 'kube-proxy';

/** Of the versions that clusters are made of, that of the next older minor; undefined: there is none. */
export const versionBefore = (version: string, versions: readonly string[] = KUBERNETES_VERSIONS): string | undefined => {
	const minor = (one: string): number => minorOf(one) ?? 0;
	return versions.filter(one => minor(one) < minor(version)).toSorted((a, b) => minor(b) - minor(a))[0];
};

/** kube-proxy alone of a version, built or fetched the first time: its image as an archive for containerd, made as that of a cluster. */
export const olderProxyParts = async (source: Source, version: string, nodeProgram: string, context: PartsContext): Promise<string> => {
	const {cache, signal, progress} = context;
	const root = join(await nodeFileSystem(nodeProgram, context), 'root');
	const program = (await source.programs(version, context, [NAME])).get(NAME) as string;
	const sources = [import.meta.filename, ...['images.ts', 'image.ts'].map(file => join(import.meta.dirname, file))];
	const own = await Promise.all(sources.map(async file => readFile(file, 'utf8')));
	const made = await once(
		join(cache, 'images', `${NAME}-${version}-${digest(...own, ...[root, program].map(path => basename(dirname(path))))}`),
		async unfinished => {
			progress(`image of ${NAME}`);
			await writeImage(await kubeProxySpec(version, root, program), join(unfinished, `${NAME}.tar`));
		},
		signal,
	);
	return join(made, `${NAME}.tar`);
};
