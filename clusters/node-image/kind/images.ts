import {readFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {$} from 'zx/core';
import {digest, once} from '../../embedded/cache.ts';
import {writeImage, withLibraries, type ImageSpec} from '../../embedded/parts/image.ts';
import {clusterImages, kubeProxyFiles} from '../../embedded/parts/images.ts';
import type {PartsContext} from '../../embedded/parts/source.ts';

/** What kubeadm calls the programs of its images, where that is not the name of the program. */
const PATHS: Readonly<Record<string, string>> = {coredns: 'coredns', pause: 'pause'};
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'coredns', 'pause', 'etcd'];

/** The program of an image of kubeadm's list: `<registry>/coredns/coredns:v1.14.2` holds `coredns`. */
const programOf = (image: string): string => {
	const name = /([\w-]+):[^/:]+$/.exec(image)?.[1] ?? '';
	if (!COMPONENTS.includes(name)) throw new Error(`kubeadm wants the image ${image}, which this does not know how to make`);
	return name;
};

/**
 * The images that kubeadm starts a cluster of this version with, and those of our checks, as archives in one directory of the cache,
 * with kubeadm's names.
 */
export const nodeArchives = async (
	kubernetes: string,
	root: string,
	program: (name: string) => string,
	{cache, signal, progress}: PartsContext,
): Promise<{readonly archives: string; readonly pause: string}> => {
	// It warns of a machine without a default route on its other stream.
	const {stdout} = await $({quiet: true, signal})`${program('kubeadm')} config images list --kubernetes-version v${kubernetes}`;
	const listed = stdout.split('\n').filter(Boolean);
	const {agnhost, client} = clusterImages(kubernetes);
	const own = await readFile(import.meta.filename, 'utf8');
	const key = digest(own, ...listed, basename(dirname(root)), ...COMPONENTS.map(name => program(name)), program('agnhost'));
	const archives = await once(
		join(cache, 'images', `kind-${kubernetes}-${key}`),
		async unfinished => {
			const pause = {pause: program('pause')};
			const specs: readonly ImageSpec[] = [
				...(await Promise.all(
					listed.map(async image => {
						const name = programOf(image);
						// The manifests of the control plane call theirs by name, the others are entry points (kubeadm
						// app/phases/controlplane, app/phases/addons).
						const path = PATHS[name] ?? `usr/local/bin/${name}`;
						const below = name === 'kube-proxy' ? [await kubeProxyFiles(root)] : [];
						return {name: image, layers: [...below, {[path]: program(name)}], entrypoint: name in PATHS ? [`/${path}`] : []};
					}),
				)),
				{name: agnhost, layers: [{agnhost: program('agnhost')}], entrypoint: ['/agnhost'], command: ['pause']},
				{name: client, layers: [pause, await withLibraries(root, ['/usr/local/bin/node'])], entrypoint: ['/pause']},
			];
			for (const [index, spec] of specs.entries()) {
				signal.throwIfAborted();
				progress(`image ${index + 1} of ${specs.length}`);
				await writeImage(spec, join(unfinished, `image-${index}.tar`));
			}
		},
		signal,
	);
	return {archives, pause: listed.find(image => programOf(image) === 'pause') as string};
};
