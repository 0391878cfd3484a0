import {mkdir, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {onHost} from '../host.ts';
import type {PartsContext} from './source.ts';

/** Who keeps what it makes names its making by this text too. */
export const UNPACK_SOURCE = import.meta.filename;

/** Directories that a merged /usr (UsrMerge) has there alone. */
const MERGED = ['bin', 'sbin', 'lib', 'lib64', 'lib32', 'libx32'];
const UNPACK = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"';

/** Unpacks Debian packages into a new root, with a merged /usr; their scripts do not run. `told` hears of each before it comes. */
export const unpackPackages = async (
	packages: readonly string[],
	root: string,
	{signal, log}: Pick<PartsContext, 'signal' | 'log'>,
	told: (index: number) => void = () => {},
): Promise<void> => {
	// First: tar then follows the links instead of making directories.
	for (const name of MERGED) {
		await mkdir(join(root, 'usr', name), {recursive: true});
		await symlink(`usr/${name}`, join(root, name));
	}
	for (const [index, file] of packages.entries()) {
		told(index);
		await onHost(['sh', '-c', UNPACK, 'unpack', file, root], {signal, log, contained: true});
	}
};
