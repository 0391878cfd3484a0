import {readFile} from 'node:fs/promises';
import {sourceOf} from '../parts/choose.ts';
import {obtainParts, type Parts} from '../parts/obtain.ts';
import type {Source} from '../parts/source.ts';
import type {MakingStep} from './step.ts';

/** A process without CAP_SYS_RESOURCE (bit 24) may not lower oom_score_adj. */
const lacksSysResource = async (): Promise<boolean> => {
	const effective = /CapEff:\s*([0-9a-f]+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
	return (BigInt(`0x${effective}`) & (1n << 24n)) === 0n;
};

export type WithParts = {
	readonly parts: Parts;
	readonly source: Source;
	readonly restrictOomScore: boolean;
};

/** Makes or finds all that machines are made of. */
export const partsStep: MakingStep<unknown, WithParts> = {
	name: 'parts',
	log: 'parts.log',
	logs: [],
	async run({target, cache, signal, log, progress}) {
		const restrictOomScore = await lacksSysResource();
		const source = await sourceOf(target.parts, target.version, cache);
		return {
			source,
			restrictOomScore,
			parts: await obtainParts(source, target.version, process.execPath, restrictOomScore, target.nodeKernel ?? 'host', {
				cache,
				signal,
				log,
				progress,
			}),
		};
	},
};
