import {mkdir, readFile, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import type {PartsContext} from './source.ts';

/** Sparse: what a machine writes lies in a file of its own. */
const SIZE = '8G';

/**
 * A disk with /var of the node file system and containerd's images on it, for machines that mount one. With a journal: a machine may lose
 * its power.
 */
export const varDisk = async (root: string, containerd: string, {cache, signal, log, progress}: PartsContext): Promise<string> => {
	const own = await readFile(import.meta.filename, 'utf8');
	const path = await once(
		join(cache, 'disks', digest(own, basename(dirname(root)), basename(dirname(containerd)))),
		async unfinished => {
			progress('disk of nodes with a kernel of their own');
			const tree = join(unfinished, 'var');
			await onHost(['cp', '-a', join(root, 'var'), tree], {signal, log});
			await rm(join(tree, 'lib/containerd'), {recursive: true, force: true});
			await mkdir(join(tree, 'lib'), {recursive: true});
			await onHost(
				[
					'sh',
					'-c',
					'cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }',
					'clone',
					containerd,
					join(tree, 'lib/containerd'),
				],
				{
					signal,
					log,
				},
			);
			await onHost(
				[
					'mke2fs',
					'-q',
					'-t',
					'ext4',
					'-m',
					'0',
					'-E',
					'lazy_itable_init=1,lazy_journal_init=1',
					'-d',
					tree,
					join(unfinished, 'disk'),
					SIZE,
				],
				{
					signal,
					log,
					contained: true,
				},
			);
			await rm(tree, {recursive: true});
		},
		signal,
	);
	return join(path, 'disk');
};
