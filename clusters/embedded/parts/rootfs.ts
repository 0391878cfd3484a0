import {chmod, copyFile, mkdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {onHost} from '../host.ts';
import {DEBIAN_PACKAGES} from '../parts.ts';
import {fetchPackages} from './apt.ts';
import type {PartsContext} from './source.ts';
import {UNPACK_SOURCE, unpackPackages} from './unpack.ts';

/** What maintainer scripts would do, and no more: names that point at one of several programs. */
const ALTERNATIVES: Readonly<Record<string, string>> = {
	'usr/bin/awk': 'gawk',
	...Object.fromEntries(
		['iptables', 'ip6tables'].flatMap(tool =>
			['', '-save', '-restore'].map(suffix => [`usr/sbin/${tool}${suffix}`, `${tool}-nft${suffix}`]),
		),
	),
	'usr/sbin/arptables': 'arptables-nft',
	'usr/sbin/ebtables': 'ebtables-nft',
};

const complete = async (root: string): Promise<void> => {
	const at = (path: string) => join(root, path);
	await onHost(['chroot', root, '/sbin/ldconfig']);
	for (const [name, to] of Object.entries(ALTERNATIVES))
		await symlink(to, at(name)).catch((error: NodeJS.ErrnoException) => {
			if (error.code !== 'EEXIST') throw error;
		});
	await copyFile(at('usr/share/base-passwd/passwd.master'), at('etc/passwd'));
	await copyFile(at('usr/share/base-passwd/group.master'), at('etc/group'));
	await writeFile(at('etc/nsswitch.conf'), 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n');
	await writeFile(
		at('etc/passwd'),
		'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin\ntcpdump:x:101:65534::/nonexistent:/usr/sbin/nologin\n',
		{flag: 'a'},
	);
	await writeFile(at('etc/shadow'), 'root:*:20000:0:99999:7:::\nsshd:!:20000::::::\n', {mode: 0o600});
	await writeFile(at('etc/hosts'), '127.0.0.1 localhost\n::1 localhost ip6-localhost\n');
	const bundle = await onHost(['sh', '-c', `cat ${at('usr/share/ca-certificates/mozilla')}/*.crt`]);
	await mkdir(at('etc/ssl/certs'), {recursive: true});
	await writeFile(at('etc/ssl/certs/ca-certificates.crt'), bundle);
	for (const path of [
		'usr/share/doc',
		'usr/share/man',
		'usr/share/info',
		'usr/share/locale',
		'usr/share/bug',
		'usr/share/lintian',
		'var/cache',
	])
		await rm(at(path), {recursive: true, force: true});
	// Mount points and directories that kubelet, kube-proxy's DaemonSet and the CNI plugins expect.
	for (const path of [
		'dev',
		'proc',
		'sys',
		'run',
		'tmp',
		'lib/modules',
		'etc/cni/net.d',
		'etc/kubernetes/manifests',
		'var/cache',
		'var/lib/kubelet',
		'var/lib/containerd',
		'var/log/pods',
		'opt/cni',
	])
		await mkdir(at(path), {recursive: true});
	await symlink('/usr/lib/cni', at('opt/cni/bin'));
	await chmod(at('tmp'), 0o1777);
};

/** The file system of every machine of a cluster: Debian packages unpacked (their scripts do not run) and the Node that runs probes. */
export const nodeFileSystem = async (nodeProgram: string, {cache, signal, log, progress}: PartsContext): Promise<string> => {
	const release = await readFile('/etc/os-release', 'utf8').then(text => /VERSION_CODENAME=(.*)/.exec(text)?.[1] ?? 'unknown');
	const own = await Promise.all([import.meta.filename, UNPACK_SOURCE].map(async file => readFile(file, 'utf8')));
	const path = join(cache, 'rootfs', `${release}-${digest(...own, process.version, ...DEBIAN_PACKAGES)}`);
	return once(
		path,
		async unfinished => {
			progress('Debian packages');
			const apt = join(unfinished, 'apt');
			const packages = await fetchPackages(DEBIAN_PACKAGES, apt, {signal, log});
			const root = join(unfinished, 'root');
			await unpackPackages(packages, root, {signal, log}, index => {
				if (index % 20 === 0) progress(`Debian packages, ${index} of ${packages.length} unpacked`);
			});
			await complete(root);
			await mkdir(join(root, 'usr/local/bin'), {recursive: true});
			await copyFile(nodeProgram, join(root, 'usr/local/bin/node'));
			await chmod(join(root, 'usr/local/bin/node'), 0o755);
			await writeFile(
				join(unfinished, 'packages.txt'),
				packages.map(file => basename(file, '.deb').split('_').slice(0, 2).map(decodeURIComponent).join(' ')).join('\n') + '\n',
			);
			await rm(apt, {recursive: true});
		},
		signal,
	);
};

/** Name → version of some Debian packages of a made file system (the directory that nodeFileSystem returned). */
export const packageVersions = async (rootfs: string, names: readonly string[]): Promise<Readonly<Record<string, string>>> => {
	const all = new Map(
		(await readFile(join(rootfs, 'packages.txt'), 'utf8')).split('\n').map(line => line.split(' ') as [string, string]),
	);
	return Object.fromEntries(names.map(name => [name, all.get(name) ?? 'unknown']));
};
