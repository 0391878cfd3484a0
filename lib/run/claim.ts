import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {clustersRoot} from '../paths.ts';
import {thisProcess} from '../process-ref.ts';
import {claimDirectory} from './owner.ts';

/** The directory of a cluster that is to be made. */
export const clusterDir = (id: string): string => join(clustersRoot(), id);

/** Makes a cluster's directory, as this process's, with a place for its logs; nothing of the cluster is there before this. */
export const claimCluster = async (dir: string, provider: string): Promise<void> => {
	await mkdir(join(dir, '..'), {recursive: true});
	claimDirectory(dir, {...await thisProcess(), kept: false, provider, since: Date.now()});
	await mkdir(join(dir, 'logs'));
};
