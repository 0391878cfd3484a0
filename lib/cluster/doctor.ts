import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {FAMILIES, MODES} from '../target.ts';
import type {Family, Mode, Support, Target} from '../target.ts';
import {preflight} from './choose-provider.ts';
import {STANDARD} from '../options/options.ts';

export type Finding = {
	readonly provider: string;
	readonly mode: Mode;
	readonly family: Family;
	readonly support: Support;
};

const standardTarget = ({name, versions}: Pick<Provider, 'name' | 'versions'>, mode: Mode, family: Family): Target => ({
	provider: name,
	mode,
	family,
	version: versions[0] ?? 'unknown',
	workers: STANDARD.workers,
});

/** Asks every provider about every mode and family; changes nothing. */
export const examine = async (providers: readonly Provider[]): Promise<readonly Finding[]> =>
	Promise.all(
		providers.flatMap(provider =>
			MODES.flatMap(mode =>
				FAMILIES.map(async family => ({
					provider: provider.name,
					mode,
					family,
					support: await preflight(provider, standardTarget(provider, mode, family)),
				})),
			),
		),
	);

/**
 * Where nodes may run several kernels: each word of --node-kernel with the modes that it can have here, and with a reason where there is
 * none.
 */
export const kernels = async (providers: readonly Provider[]): Promise<readonly string[]> =>
	Promise.all(
		providers.flatMap(({nodeKernels = [], ...provider}) =>
			nodeKernels.map(async nodeKernel => {
				const supports = await Promise.all(
					MODES.map(async mode => {
						const target = {...standardTarget(provider, mode, 'ipv4'), nodeKernel};
						return {mode, support: await preflight(provider, target)};
					}),
				);
				const fit = supports.flatMap(({mode, support}) => (support.ok ? [mode] : []));
				const why = supports.flatMap(({support}) => (support.ok ? [] : [support.why.split('\n')[0]]))[0];
				return `${provider.name} --node-kernel ${nodeKernel}: ${fit.length > 0 ? fit.join(', ') : `no mode: ${why}`}`;
			}),
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
