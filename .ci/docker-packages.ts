/**
 * Debian's Docker daemon and what it calls, unpacked in the cache: nothing is installed, and nothing starts. Prints the directory.
 * usage: node .ci/docker-packages.ts
 */
import {mkdir, readFile, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {digest, once} from '../clusters/embedded/cache.ts';
import {onHost} from '../clusters/embedded/host.ts';
import {fetchPackages} from '../clusters/embedded/parts/apt.ts';
import {cacheRoot} from '../lib/paths.ts';

const WANTED = ['docker.io', 'containerd', 'runc', 'tini', 'iptables'];
/** What every Debian has is left out: a second libc beside the host's would end every program. */
const HOSTS_OWN = /^(libc6|libgcc-s1|gcc-\d+-base|perl|perl-base|perl-modules|dpkg|tar|passwd|adduser|debconf|usrmerge)/;

const cache = cacheRoot();
const path = join(cache, 'docker', digest(await readFile(import.meta.filename, 'utf8'), await readFile('/etc/os-release', 'utf8')));
const signal = AbortSignal.timeout(10 * 60_000);
console.log(
	await once(
		path,
		async unfinished => {
			const apt = join(unfinished, 'apt');
			await mkdir(apt);
			const packages = await fetchPackages(WANTED, apt, {signal, log: join(cache, 'docker.log')});
			for (const file of packages) if (!HOSTS_OWN.test(basename(file))) await onHost(['dpkg-deb', '-x', file, unfinished], {signal});
			await rm(apt, {recursive: true});
		},
		signal,
	),
);
