import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {$ as zx} from 'zx/core';
import {quote} from '../../../lib/shell/quote.ts';
import {digest, once} from '../../embedded/cache.ts';
import {etcdCommand} from '../../embedded/control-plane.ts';
import {containerdConfig, kubeletConfig} from '../../embedded/node.ts';
import {COREDNS_VERSION} from '../../embedded/parts.ts';
import {IMAGE_REPOSITORY} from '../../embedded/parts/images.ts';
import {obtainParts} from '../../embedded/parts/obtain.ts';
import type {PartsContext, Source} from '../../embedded/parts/source.ts';
import {HOST_SETTINGS} from '../host-settings.ts';

const SCRIPT = join(import.meta.dirname, 'k3s.sh');

/** Where k3s has the kubeconfig that its kubectl takes by itself. */
export const KUBECONFIG = '/etc/rancher/k3s/k3s.yaml';

/** Ranges of addresses as k3s has them. */
const [PODS, SERVICES, DNS] = ['10.42.0.0/16', '10.43.0.0/16', '10.43.0.10'];
/** A Service that is there from the start: the API server's. */
const API = '10.43.0.1';

/** What the script reads, in its own folder. */
const settings = (kubernetes: string): Readonly<Record<string, string>> => ({
	'settings.sh': `${Object.entries({KUBERNETES: kubernetes, COREDNS: COREDNS_VERSION, REPOSITORY: IMAGE_REPOSITORY, PODS, SERVICES, API})
		.map(([name, value]) => `${name}=${value}`)
		.join('\n')}\n`,
	'host-settings.sh': HOST_SETTINGS,
	'etcd.sh': `exec ${quote(etcdCommand('/var/lib/rancher/k3s/server/db'))}\n`,
	'kubelet.yaml': kubeletConfig(DNS),
	'containerd.toml': containerdConfig(true),
});

/**
 * Makes the whole file system of a node that stands in for one of k3s, in the cache; answers its directory. It is that of a machine of the
 * embedded cluster, with its programs and the images of the checks, and a script in place of /bin/k3s.
 */
export const standInFiles = async (kubernetes: string, source: Source, context: PartsContext): Promise<string> => {
	const {cache, signal, progress} = context;
	const {layers, containerd, program} = await obtainParts(source, kubernetes, process.execPath, true, 'host', context);
	const [script, own] = await Promise.all([SCRIPT, import.meta.filename].map(async file => readFile(file, 'utf8')));
	const files = settings(kubernetes);
	const key = digest(script ?? '', own ?? '', ...Object.values(files), program('kube-proxy'), containerd, ...layers);
	const made = await once(
		join(cache, 'node-image', `k3d-${kubernetes}-${key}`),
		async unfinished => {
			const to = join(unfinished, 'root');
			const at = (path: string): string => join(to, path);
			const $ = zx({quiet: true, signal});
			progress('files of the stand-in');
			for (const layer of layers.toReversed())
				await $`mkdir -p ${to} && tar -C ${layer} -c . | tar -C ${to} -x --keep-directory-symlink`;
			await $`install -m 755 ${program('kube-proxy')} ${at('usr/bin/kube-proxy')}`;
			await $`install -m 755 ${SCRIPT} ${at('usr/bin/k3s')}`;
			// k3d's entrypoint is written for k3s' shell, which knows the names of signals with SIG, as dash does not.
			await $`ln -sf bash ${at('usr/bin/sh')}`;
			await mkdir(at('usr/lib/k3s-stand-in'), {recursive: true});
			for (const [name, text] of Object.entries(files))
				await writeFile(at(`usr/lib/k3s-stand-in/${name}`), text, {mode: name.endsWith('.sh') ? 0o755 : 0o644});
			// Not where k3s has it: there the engine mounts a volume, and would fill that of every container of the image.
			await $`cp -a ${containerd} ${at('usr/lib/k3s-stand-in/containerd')}`;
			await rm(at('var/lib/containerd'), {recursive: true, force: true});
		},
		signal,
	);
	return join(made, 'root');
};
