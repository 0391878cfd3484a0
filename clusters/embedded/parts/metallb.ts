import {readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {METALLB_PROGRAMS, METALLB_VERSION} from '../parts.ts';
import {goEnvironment} from './go-environment.ts';
import {goProgram} from './go.ts';
import {writeImage} from './image.ts';
import {IMAGE_REPOSITORY} from './images.ts';
import type {PartsContext} from './source.ts';

const MODULE = join(import.meta.dirname, '..', 'go', 'metallb');
const PATH = 'go.universe.tf/metallb';

const imageOf = (name: string): string => `${IMAGE_REPOSITORY}/metallb-${name}:v${METALLB_VERSION}`;

/** MetalLB's own manifest with our images in place of its own. Throws where it has not the images that it should have. */
export const withOwnImages = (manifest: string): string =>
	METALLB_PROGRAMS.reduce((text, {name}) => {
		const theirs = `metallb/${name}:v${METALLB_VERSION}`;
		// From whichever registry: the manifest names it, we need not.
		const image = new RegExp(`image: \\S+/${RegExp.escape(theirs)}\\n`, 'g');
		if (text.match(image)?.length !== 1) throw new Error(`MetalLB's manifest does not have image ${theirs} once`);
		return text.replace(image, `image: ${imageOf(name)}\n`);
	}, manifest);

/** MetalLB, built from its Go module the first time: its images as archives for containerd, and its manifest (L2 and native BGP). */
export const metalLbParts = async (context: PartsContext): Promise<{readonly archives: readonly string[]; readonly manifest: string}> => {
	const {cache, signal, log, progress} = context;
	const programs: string[] = [];
	for (const program of METALLB_PROGRAMS) programs.push(await goProgram({...program, module: MODULE, flags: '-s -w'}, context));
	const own = await Promise.all([import.meta.filename, join(import.meta.dirname, 'image.ts')].map(async file => readFile(file, 'utf8')));
	const key = digest(...own, ...programs.map(path => basename(dirname(path))));
	const made = await once(
		join(cache, 'images', `metallb-${METALLB_VERSION}-${key}`),
		async unfinished => {
			const at = await onHost(['go', 'list', '-C', MODULE, '-m', '-f', '{{.Dir}}', PATH], {env: goEnvironment(cache), signal, log});
			const manifest = await readFile(join(at.trim(), 'config', 'manifests', 'metallb-native.yaml'), 'utf8');
			await writeFile(join(unfinished, 'manifest.yaml'), withOwnImages(manifest));
			for (const [index, {name}] of METALLB_PROGRAMS.entries()) {
				progress(`image of ${name}`);
				const layers = [{[name]: programs[index] as string}];
				await writeImage({name: imageOf(name), layers, entrypoint: [`/${name}`]}, join(unfinished, `${name}.tar`));
			}
		},
		signal,
	);
	return {
		archives: METALLB_PROGRAMS.map(({name}) => join(made, `${name}.tar`)),
		manifest: await readFile(join(made, 'manifest.yaml'), 'utf8'),
	};
};
