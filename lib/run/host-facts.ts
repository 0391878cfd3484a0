import {readFile} from 'node:fs/promises';
import {availableParallelism, release, totalmem, type} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {execa} from 'execa';
import type {HostFacts} from '../record/surroundings.ts';
import {PROJECT} from '../paths.ts';

const osName = async (): Promise<string> => {
	const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
	return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? type();
};

/** The machine that vipcheck runs on. */
export const hostFacts = async (): Promise<HostFacts> => ({
	os: await osName(),
	kernel: release(),
	cpus: availableParallelism(),
	memoryMiB: Math.round(totalmem() / 2 ** 20),
	node: process.version,
});

/** An address of GitHub's that both of git's own spellings mean. */
const GITHUB = /^(?:https:\/\/|git@|ssh:\/\/git@)github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/;

/** Where a page can link to the sources of a check: the commit at GitHub of a clone from there, else this directory. Ends in `/`. */
export const sourcesOf = (remote: string | undefined, commit: string | undefined): string => {
	const repository = remote === undefined ? undefined : GITHUB.exec(remote)?.[1];
	return repository !== undefined && commit !== undefined
		? `https://github.com/${repository}/blob/${commit}/`
		: `${pathToFileURL(PROJECT).href}/`;
};

const git = async (...argv: readonly string[]): Promise<string | undefined> => {
	const {exitCode, stdout} = await execa('git', ['-C', PROJECT, ...argv], {reject: false});
	return exitCode === 0 ? stdout.trim() : undefined;
};

export const ownSources = async (): Promise<string> => sourcesOf(await git('remote', 'get-url', 'origin'), await git('rev-parse', 'HEAD'));

/** vipcheck's own version. */
export const ownVersion = async (): Promise<string> =>
	(JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {version: string}).version;
