import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {exec} from '../exec.ts';

/**
 * Fetches Debian packages with all that they depend on, by the host's own apt sources, keys and proxies, into `dir`.
 * apt works in a private place with an empty status file and without the host's hooks, so nothing of the host changes.
 * Returns the paths of the .deb files.
 */
export const fetchPackages = async (packages: readonly string[], dir: string, {signal, log}: {signal: AbortSignal; log: string}): Promise<readonly string[]> => {
	const at = (name: string) => join(dir, name);
	await Promise.all(['lists/partial', 'cache/archives/partial', 'log', 'none'].map(name => mkdir(at(name), {recursive: true})));
	await writeFile(at('status'), '');
	const host = await exec(['apt-config', 'dump']);
	// Post-Invoke and the like are the host's own housekeeping (docker-clean, update-notifier): they would touch the host.
	const settings = host.split('\n').filter(line => !/^(DPkg|APT::Update|APT::Periodic|Unattended-Upgrade|Dir)\b/i.test(line));
	const sources = (await exec(['apt-config', 'shell', 'list', 'Dir::Etc::sourcelist/f', 'parts', 'Dir::Etc::sourceparts/d', 'trusted', 'Dir::Etc::trusted/f', 'trustedparts', 'Dir::Etc::trustedparts/d', 'preferences', 'Dir::Etc::preferences/f', 'preferencesparts', 'Dir::Etc::preferencesparts/d']));
	const value = (name: string): string => /'(.*)'/.exec(sources.split('\n').find(line => line.startsWith(`${name}=`)) ?? '')?.[1] ?? '/dev/null';
	const own = {
		'Dir::Etc::main': '/dev/null', 'Dir::Etc::parts': at('none'), 'Dir::Etc::sourcelist': value('list'), 'Dir::Etc::sourceparts': value('parts'), 'Dir::Etc::trusted': value('trusted'), 'Dir::Etc::trustedparts': value('trustedparts'),
		'Dir::Etc::preferences': value('preferences'), 'Dir::Etc::preferencesparts': value('preferencesparts'),
		'Dir::State': dir, 'Dir::State::lists': at('lists'), 'Dir::State::status': at('status'), 'Dir::State::extended_states': at('extended_states'), 'Dir::Cache': at('cache'), 'Dir::Cache::archives': at('cache/archives'), 'Dir::Log': at('log'),
		'APT::Sandbox::User': 'root', 'APT::Install-Recommends': 'false', 'APT::Install-Suggests': 'false', 'Acquire::Retries': '3', 'Acquire::Languages': 'none', 'Dpkg::Use-Pty': 'false',
	};
	const conf = at('apt.conf');
	await writeFile(conf, [...settings, ...Object.entries(own).map(([name, text]) => `${name} "${text}";`)].join('\n'));
	const env = {APT_CONFIG: conf, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive'};
	// The command line wins over the host's own files, which apt reads after APT_CONFIG.
	const options = Object.entries(own).flatMap(([name, text]) => ['-o', `${name}=${text}`]);
	await exec(['apt-get', '-q', ...options, 'update'], {env, signal, log, contained: true});
	await exec(['apt-get', '-q', '-y', ...options, '--download-only', 'install', ...packages], {env, signal, log, contained: true});
	const archives = at('cache/archives');
	return (await readdir(archives)).filter(name => name.endsWith('.deb')).sort().map(name => join(archives, name));
};
