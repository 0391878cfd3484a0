import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {FAMILIES, MODES} from '../target.ts';
import type {Family, Mode, Support} from '../target.ts';
import {preflight} from './choose-provider.ts';
import {STANDARD} from '../options/options.ts';

export type Finding = {
	readonly provider: string;
	readonly mode: Mode;
	readonly family: Family;
	readonly support: Support;
};

/** Asks every provider about every mode and family; changes nothing. */
export const examine = async (providers: readonly Provider[]): Promise<readonly Finding[]> =>
	Promise.all(
		providers.flatMap(provider =>
			MODES.flatMap(mode =>
				FAMILIES.map(async family => ({
					provider: provider.name,
					mode,
					family,
					support: await preflight(provider, {
						provider: provider.name,
						mode,
						family,
						version: provider.versions[0] ?? 'unknown',
						workers: STANDARD.workers,
					}),
				})),
			),
		),
	);

/** What is kept between runs: each folder of the cache and how many things are in it. */
export const cached = async (cache: string): Promise<readonly (readonly [string, number])[]> => {
	const names = async (path: string): Promise<readonly string[]> =>
		readdir(path).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
			throw error;
		});
	return Promise.all((await names(cache)).map(async name => [name, (await names(join(cache, name))).length] as const));
};
