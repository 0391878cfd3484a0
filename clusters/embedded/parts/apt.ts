import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CommandError} from '../../../lib/shell/succeed.ts';
import {onHost} from '../host.ts';

/** A private place for apt, with an empty status file and without the host's hooks, so that nothing of the host changes. */
const DIRECTORIES = ['lists/partial', 'cache/archives/partial', 'log', 'none', 'sources'];

/** Post-Invoke and the like are the host's own housekeeping (docker-clean, update-notifier): they would touch the host. */
const isSetting = (line: string): boolean => !/^(DPkg|APT::Update|APT::Periodic|Unattended-Upgrade|Dir)\b/i.test(line);

type Where = {readonly variable: string; readonly option: string};
const HOST_FILES: readonly Where[] = [
	{variable: 'list', option: 'Dir::Etc::sourcelist'},
	{variable: 'parts', option: 'Dir::Etc::sourceparts'},
	{variable: 'trusted', option: 'Dir::Etc::trusted'},
	{variable: 'trustedparts', option: 'Dir::Etc::trustedparts'},
	{variable: 'preferences', option: 'Dir::Etc::preferences'},
	{variable: 'preferencesparts', option: 'Dir::Etc::preferencesparts'},
];

/** The host's own sources, keys and preferences: option of apt → path. */
const hostFiles = async (): Promise<Readonly<Record<string, string>>> => {
	const said = await onHost([
		'apt-config',
		'shell',
		...HOST_FILES.flatMap(({variable, option}) => [variable, `${option}/${/parts$/.test(option) ? 'd' : 'f'}`]),
	]);
	const lines = said.split('\n');
	return Object.fromEntries(
		HOST_FILES.map(({variable, option}) => [
			option,
			/'(.*)'/.exec(lines.find(line => line.startsWith(`${variable}=`)) ?? '')?.[1] ?? '/dev/null',
		]),
	);
};

/** Fields of an index that suiteLine reads, as `apt-get indextargets --format` writes them. */
const TARGET_FORMAT = '$(CREATED_BY)|$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * A source line for another suite of Debian from where the host has its own main archive; undefined where it has none of Debian's,
 * or has that suite already. `targets`: lines of TARGET_FORMAT.
 */
export const suiteLine = (targets: string, suite: string): string | undefined => {
	const own = targets
		.split('\n')
		.map(line => line.split('|'))
		.filter(([createdBy, origin, , component]) => createdBy === 'Packages' && origin === 'Debian' && component === 'main');
	if (own.some(([, , codename]) => codename === suite)) return undefined;
	// An archive of updates or of security fixes has no other suite's packages.
	const main = own.find(([, , codename]) => codename !== undefined && !codename.includes('-'));
	return main?.[4] === undefined ? undefined : `deb [signed-by=${KEYRING}] ${main[4]} ${suite} main\n`;
};

export type FetchOptions = {
	readonly signal: AbortSignal;
	readonly log: string;
	/** A suite of Debian, newer than the host's perhaps, to take the packages from where it can be had. */
	readonly suite?: string;
	/** Without what they depend on. */
	readonly alone?: true;
};

/**
 * Fetches Debian packages, with all that they depend on if nothing else is said, by the host's own apt sources, keys and proxies, into
 * `dir`.
 * Returns the paths of the .deb files.
 */
export const fetchPackages = async (
	packages: readonly string[],
	dir: string,
	{signal, log, suite, alone}: FetchOptions,
): Promise<readonly string[]> => {
	const at = (name: string) => join(dir, name);
	await Promise.all(DIRECTORIES.map(name => mkdir(at(name), {recursive: true})));
	await writeFile(at('status'), '');
	const own = {
		'Dir::Etc::main': '/dev/null',
		'Dir::Etc::parts': at('none'),
		...(await hostFiles()),
		'Dir::State': dir,
		'Dir::State::lists': at('lists'),
		'Dir::State::status': at('status'),
		'Dir::State::extended_states': at('extended_states'),
		'Dir::Cache': at('cache'),
		'Dir::Cache::archives': at('cache/archives'),
		'Dir::Log': at('log'),
		'APT::Sandbox::User': 'root',
		'APT::Install-Recommends': 'false',
		'APT::Install-Suggests': 'false',
		'Acquire::Retries': '3',
		'Acquire::Languages': 'none',
		'Dpkg::Use-Pty': 'false',
	};
	const conf = at('apt.conf');
	const settings = (await onHost(['apt-config', 'dump'])).split('\n').filter(isSetting);
	await writeFile(conf, [...settings, ...Object.entries(own).map(([name, text]) => `${name} "${text}";`)].join('\n'));
	const env = {APT_CONFIG: conf, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive'};
	// The command line wins over the host's own files, which apt reads after APT_CONFIG.
	const apt = async (words: readonly string[], other: Readonly<Record<string, string>> = {}): Promise<string> =>
		// What `download` fetches lands where it is called.
		onHost(
			[
				'env',
				'-C',
				at('cache/archives'),
				'apt-get',
				'-q',
				...Object.entries({...own, ...other}).flatMap(([name, text]) => ['-o', `${name}=${text}`]),
				...words,
			],
			{env, signal, log, contained: true},
		);
	const download = alone ? ['download', ...packages] : ['-y', '--download-only', 'install', ...packages];
	await apt(['update']);
	const line = suite === undefined ? undefined : suiteLine(await apt(['indextargets', '--format', TARGET_FORMAT]), suite);
	if (line === undefined) await apt(download);
	else {
		await writeFile(at('sources/other.list'), line);
		const only = {'Dir::Etc::sourcelist': '/dev/null', 'Dir::Etc::sourceparts': at('sources')};
		try {
			await apt(['update'], only);
			await apt(download, only);
		} catch (error) {
			// A mirror need not have every suite: the host's own packages then.
			if (!(error instanceof CommandError)) throw error;
			await apt(['update']);
			await apt(download);
		}
	}
	const archives = at('cache/archives');
	return (await readdir(archives))
		.filter(name => name.endsWith('.deb'))
		.sort()
		.map(name => join(archives, name));
};
