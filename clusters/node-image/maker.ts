import {$ as zx} from 'zx/core';
import type {Engine} from '../../lib/access.ts';
import type {Cli} from '../containers/cli.ts';
import type {PartsContext, Source} from '../embedded/parts/source.ts';

/** Makes the node image of one provider out of the embedded cluster's parts. */
export type Maker = {
	/** The provider's own program, without which the image is of no use. */
	readonly cli: Cli;
	/**
	 * Gets or builds all that the image is made of: its whole file system, in the cache. Needs no engine. Answers its directory. Throws
	 * what a part throws that cannot be had.
	 */
	files(kubernetes: string, source: Source, context: PartsContext): Promise<string>;
	/** Gives the engine that file system as an image. Answers its name. */
	load(files: string, kubernetes: string, engine: Engine, context: PartsContext): Promise<string>;
	/** How the image is used, a command line. */
	readonly use: (name: string) => string;
};

/** Gives the engine a file system as an image, with lines of a Dockerfile to it. */
export const importImage = async (
	files: string,
	name: string,
	lines: readonly string[],
	engine: Engine,
	{signal, progress}: PartsContext,
): Promise<void> => {
	progress(`${engine} import`);
	const changes = lines.flatMap(line => ['-c', line]);
	await zx({quiet: true, signal})`tar -C ${files} --numeric-owner -c . | ${engine} import ${changes} - ${name}`;
};
