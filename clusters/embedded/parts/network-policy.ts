import {readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {NETWORK_POLICY_PROGRAM, NETWORK_POLICY_VERSION} from '../parts.ts';
import {goProgram} from './go.ts';
import {writeImage} from './image.ts';
import {IMAGE_REPOSITORY} from './images.ts';
import type {PartsContext} from './source.ts';

const MODULE = join(import.meta.dirname, '..', 'go', 'network-policy');

export const NETWORK_POLICY_IMAGE = `${IMAGE_REPOSITORY}/network-policies:v${NETWORK_POLICY_VERSION}`;

/** kube-network-policies, built from its Go module the first time: its image as an archive for containerd. */
export const networkPolicyParts = async (context: PartsContext): Promise<string> => {
	const {cache, signal, progress} = context;
	const {name} = NETWORK_POLICY_PROGRAM;
	const program = await goProgram({...NETWORK_POLICY_PROGRAM, module: MODULE, flags: '-s -w'}, context);
	const own = await Promise.all([import.meta.filename, join(import.meta.dirname, 'image.ts')].map(async file => readFile(file, 'utf8')));
	const made = await once(
		join(cache, 'images', `network-policies-${NETWORK_POLICY_VERSION}-${digest(...own, basename(dirname(program)))}`),
		async unfinished => {
			progress(`image of ${name}`);
			const spec = {name: NETWORK_POLICY_IMAGE, layers: [{[name]: program}], entrypoint: [`/${name}`]};
			await writeImage(spec, join(unfinished, `${name}.tar`));
		},
		signal,
	);
	return join(made, `${name}.tar`);
};
