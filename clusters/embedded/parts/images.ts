import {readFile} from 'node:fs/promises';
import {readdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {COREDNS_VERSION} from '../parts.ts';
import {digest, once} from '../cache.ts';
import {withLibraries, writeImage, type ImageSpec} from './image.ts';
import type {PartsContext} from './source.ts';

/** Names that can be had from no registry: what is not in the node's containerd cannot be mistaken for something from elsewhere. */
export const IMAGE_REPOSITORY = 'localhost/vipcheck';
export const PAUSE_IMAGE = `${IMAGE_REPOSITORY}/pause:1`;
export const clusterImages = (kubernetes: string) => ({
	agnhost: `${IMAGE_REPOSITORY}/agnhost:v${kubernetes}`,
	client: `${IMAGE_REPOSITORY}/client:v${kubernetes}`,
});

const XTABLES = '/usr/lib/x86_64-linux-gnu/xtables';

/** Where the image of kube-proxy has the iptables for kernels without nf_tables' ip family: first in the PATH there. */
export const LEGACY_TOOLS = '/usr/lib/iptables-legacy';

/** kube-proxy with the programs that it calls; upstream's image has the same (build/kube-proxy-base, distroless-iptables). */
export const kubeProxyFiles = async (root: string): Promise<Record<string, string>> => {
	const names = ['iptables', 'ip6tables'].flatMap(tool => ['', '-save', '-restore'].map(suffix => `${tool}${suffix}`));
	const plugins = readdirSync(join(root, XTABLES))
		.filter(name => name.endsWith('.so'))
		.map(name => `${XTABLES}/${name}`);
	return {
		...(await withLibraries(
			root,
			[
				'/usr/sbin/xtables-nft-multi',
				'/usr/sbin/xtables-legacy-multi',
				'/usr/sbin/nft',
				'/usr/sbin/conntrack',
				'/usr/sbin/ipset',
				'/usr/bin/kmod',
			],
			plugins,
		)),
		...Object.fromEntries(names.map(name => [`usr/sbin/${name}`, '-> xtables-nft-multi'])),
		...Object.fromEntries(names.map(name => [`${LEGACY_TOOLS.slice(1)}/${name}`, '-> /usr/sbin/xtables-legacy-multi'])),
		'usr/sbin/modprobe': '-> ../bin/kmod',
		// Without it `nft --json` prints protocols as numbers, which kube-proxy takes for elements that are not its own and deletes with
		// the next full sync.
		'etc/protocols': join(root, 'etc/protocols'),
	};
};

export const kubeProxyImage = (kubernetes: string): string => `${IMAGE_REPOSITORY}/kube-proxy:v${kubernetes}`;

/** kube-proxy of a version, by the program and the file system of a node. */
export const kubeProxySpec = async (kubernetes: string, root: string, program: string): Promise<ImageSpec> => ({
	name: kubeProxyImage(kubernetes),
	layers: [await kubeProxyFiles(root), {'usr/local/bin/kube-proxy': program}],
	entrypoint: [],
});

/** The images of a cluster, as archives in one directory of the cache. */
export const imageArchives = async (
	kubernetes: string,
	root: string,
	programs: ReadonlyMap<string, string>,
	{cache, signal, progress}: PartsContext,
): Promise<string> => {
	const program = (name: string): string => programs.get(name) as string;
	const {agnhost, client} = clusterImages(kubernetes);
	const agnhostLayer = {agnhost: program('agnhost')};
	// The release has pause only as an image of its own; that of agnhost holds a pod as well, but reaps nothing.
	const pause = programs.has('pause')
		? {layer: {pause: program('pause')}, entrypoint: ['/pause']}
		: {layer: agnhostLayer, entrypoint: ['/agnhost', 'pause']};
	const own = await Promise.all([import.meta.filename, join(import.meta.dirname, 'image.ts')].map(async file => readFile(file, 'utf8')));
	const key = digest(basename(dirname(root)), ...own, ...[...programs.values()].map(path => basename(dirname(path))));
	return once(
		join(cache, 'images', `${kubernetes}-${key}`),
		async unfinished => {
			const specs: readonly ImageSpec[] = [
				{name: PAUSE_IMAGE, layers: [pause.layer], entrypoint: pause.entrypoint},
				await kubeProxySpec(kubernetes, root, program('kube-proxy')),
				{
					name: `${IMAGE_REPOSITORY}/coredns:v${COREDNS_VERSION}`,
					layers: [{coredns: program('coredns')}],
					entrypoint: ['/coredns'],
				},
				{name: agnhost, layers: [agnhostLayer], entrypoint: ['/agnhost'], command: ['pause']},
				{name: client, layers: [pause.layer, await withLibraries(root, ['/usr/local/bin/node'])], entrypoint: pause.entrypoint},
			];
			for (const [index, spec] of specs.entries()) {
				signal.throwIfAborted();
				progress(`image ${index + 1} of ${specs.length}`);
				await writeImage(spec, join(unfinished, `image-${index}.tar`));
			}
		},
		signal,
	);
};
