import {readFile} from 'node:fs/promises';
import {availableParallelism, release, totalmem, type} from 'node:os';
import {join} from 'node:path';
import type {HostFacts} from '../events.ts';
import {PROJECT} from './checks.ts';

const osName = async (): Promise<string> => {
	const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
	return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? type();
};

/** The machine that vipcheck runs on. */
export const hostFacts = async (): Promise<HostFacts> => ({os: await osName(), kernel: release(), cpus: availableParallelism(), memoryMiB: Math.round(totalmem() / 2 ** 20), node: process.version});

/** vipcheck's own version. */
export const ownVersion = async (): Promise<string> => (JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {version: string}).version;
