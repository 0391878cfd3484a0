import {appendFile, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {$ as zx} from 'zx/core';
import {digest, once} from '../../embedded/cache.ts';
import {fetchPackages} from '../../embedded/parts/apt.ts';
import type {PartsContext} from '../../embedded/parts/source.ts';
import {HOST_SETTINGS} from '../host-settings.ts';
import {KIND_PACKAGES} from './packages.ts';

/** What goes into the file system, as it lies on this machine. */
export type Ingredients = {
	readonly kubernetes: string;
	/** The node file system of the embedded cluster. */
	readonly root: string;
	/** A containerd directory with all images unpacked. */
	readonly containerd: string;
	readonly program: (name: string) => string;
	/** images/base/files of kind's module. */
	readonly kindFiles: string;
	/** Name of the image that holds a pod's namespaces. */
	readonly pause: string;
};

/** What is started at a boot of a container is what kind's Dockerfile leaves of it. */
const WANTED_BY_NOBODY = [
	'usr/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service',
	'usr/lib/systemd/system/multi-user.target.wants/*',
	'etc/systemd/system/*.wants/*',
	'usr/lib/systemd/system/local-fs.target.wants/*',
	'usr/lib/systemd/system/sockets.target.wants/*udev*',
	'usr/lib/systemd/system/sockets.target.wants/*initctl*',
	'usr/lib/systemd/system/basic.target.wants/*',
];

const STORAGE_CLASS = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
`;

/** Pods' routes and masquerading are of the running kernel: a node that was restarted gets them again from what the provider wrote. */
const NETWORK_UNIT = `[Unit]
Description=Pod network of vipcheck
ConditionPathExists=/kind/network.sh
[Service]
Type=oneshot
ExecStart=/bin/sh /kind/network.sh
[Install]
WantedBy=multi-user.target
`;

/** What the container starts: with what it is told, kind's entrypoint and the init. */
export const FIRST_PROGRAM = '/kind/host-settings.sh';

/**
 * containerd 1.6 of Debian with kind's own settings. A runtime without CAP_SYS_RESOURCE cannot lower oom_score_adj: it asks for no
 * less than it has.
 */
const withSandbox = (config: string, pause: string): string => {
	const changed = config
		.replace(/sandbox_image = ".*"/, `sandbox_image = "${pause}"`)
		.replace('restrict_oom_score_adj = false', 'restrict_oom_score_adj = true');
	if (!changed.includes(pause) || !changed.includes('restrict_oom_score_adj = true'))
		throw new Error("kind's containerd configuration is not the one that this knows: it lacks sandbox_image or restrict_oom_score_adj");
	return changed;
};

/**
 * Makes the whole file system of a kind node, in the cache; answers its directory. Does what kind's images/base/Dockerfile does,
 * without an engine and without running maintainer scripts.
 */
export const kindFileSystem = async (
	{kubernetes, root, containerd, program, kindFiles, pause}: Ingredients,
	{cache, signal, log, progress}: PartsContext,
): Promise<string> => {
	const own = await readFile(import.meta.filename, 'utf8');
	const key = digest(
		own,
		HOST_SETTINGS,
		...KIND_PACKAGES,
		basename(dirname(root)),
		basename(dirname(containerd)),
		kindFiles,
		program('kubelet'),
	);
	const made = await once(
		join(cache, 'node-image', `${kubernetes}-${key}`),
		async unfinished => {
			const to = join(unfinished, 'root');
			const at = (path: string): string => join(to, path);
			const $ = zx({quiet: true, signal});
			progress('Debian packages of an init');
			const packages = await fetchPackages(KIND_PACKAGES, join(unfinished, 'apt'), {signal, log});
			await $`cp -a ${root} ${to}`;
			// Those that the root has already are the same files again.
			for (const file of packages) await $`dpkg-deb --fsys-tarfile ${file} | tar -x --keep-directory-symlink -C ${to}`;
			await rm(join(unfinished, 'apt'), {recursive: true});
			progress("kind's own files");
			await $`cp -a ${kindFiles}/etc ${kindFiles}/kind ${to}/`;
			await $`install -D -m 755 ${kindFiles}/usr/local/bin/entrypoint ${at('usr/local/bin/entrypoint')}`;
			await $`chmod -R u+w ${at('etc')} ${at('kind')} && chmod 755 ${at('kind/bin')}/*`;
			for (const pattern of WANTED_BY_NOBODY) await $({cwd: to})`bash -c ${`shopt -s nullglob; rm -f ${pattern}`}`;
			await appendFile(at('etc/systemd/journald.conf'), 'ReadKMsg=no\n');
			await appendFile(at('etc/passwd'), 'messagebus:x:102:102::/nonexistent:/usr/sbin/nologin\n');
			await appendFile(at('etc/group'), 'messagebus:x:102:\nsystemd-journal:x:103:\n');
			for (const name of ['containerd', 'ctr', 'containerd-shim-runc-v2'])
				await symlink(`/usr/bin/${name}`, at(`usr/local/bin/${name}`));
			for (const name of ['kubeadm', 'kubelet', 'kubectl']) await $`install -m 755 ${program(name)} ${at(`usr/bin/${name}`)}`;
			await symlink('which.debianutils', at('usr/bin/which'));
			// The entrypoint chooses between legacy and nft by Debian's alternatives.
			for (const tool of ['iptables', 'ip6tables'])
				for (const kind of ['legacy', 'nft']) {
					const name = (suffix: string): string => `/usr/sbin/${tool}${suffix}`;
					const slave = (suffix: string): string[] => [
						'--slave',
						name(suffix),
						`${tool}${suffix}`,
						`/usr/sbin/${tool}-${kind}${suffix}`,
					];
					for (const suffix of ['', '-save', '-restore']) if (kind === 'legacy') await rm(at(name(suffix)), {force: true});
					const [main, priority] = [`/usr/sbin/${tool}-${kind}`, kind === 'nft' ? 20 : 10];
					const slaves = [...slave('-save'), ...slave('-restore')];
					await $`chroot ${to} update-alternatives --install ${name('')} ${tool} ${main} ${priority} ${slaves}`;
				}
			await writeFile(at('etc/systemd/system/vipcheck-network.service'), NETWORK_UNIT);
			await writeFile(at(FIRST_PROGRAM), HOST_SETTINGS, {mode: 0o755});
			await $`chroot ${to} systemctl enable kubelet containerd undo-mount-hacks vipcheck-network`;
			// Debian's settings are for a host of its own.
			await $`chroot ${to} systemctl mask systemd-binfmt.service systemd-sysctl.service`;
			const config = await readFile(at('etc/containerd/config.toml'), 'utf8');
			await writeFile(at('etc/containerd/config.toml'), withSandbox(config, pause));
			const spec = JSON.parse((await $`chroot ${to} ctr oci spec`).stdout) as {process: {rlimits?: unknown}; hooks?: unknown};
			delete spec.process.rlimits;
			spec.hooks = {createContainer: [{path: '/kind/bin/mount-product-files.sh'}]};
			await writeFile(at('etc/containerd/cri-base.json'), JSON.stringify(spec));
			await mkdir(at('kind/manifests'), {recursive: true});
			await writeFile(at('kind/manifests/default-storage.yaml'), STORAGE_CLASS);
			await writeFile(at('kind/version'), `v${kubernetes}`);
			await writeFile(at('etc/machine-id'), '');
			await $`chroot ${to} ldconfig`;
			progress('images');
			await rm(at('var/lib/containerd'), {recursive: true, force: true});
			await $`cp -a ${containerd} ${at('var/lib/containerd')}`;
		},
		signal,
	);
	return join(made, 'root');
};
