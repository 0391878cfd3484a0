import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {onHost} from '../host.ts';
import {hierarchyLines} from './cgroup.ts';
import type {MachineSpec} from './machine.ts';
import {INIT, ownKernelFiles} from './uml/files.ts';

/** What a machine's directory tells of it, for whoever boots it again. */
export type Prepared = Pick<MachineSpec, 'layers' | 'links' | 'kernel'>;

export const machineDir = (cluster: string, name: string): string => join(cluster, 'machines', name);
const preparedFile = (dir: string): string => join(dir, 'machine.json');

/** Reads what prepareMachine wrote. */
export const readPrepared = async (dir: string): Promise<Prepared> => JSON.parse(await readFile(preparedFile(dir), 'utf8')) as Prepared;

/**
 * Copies a directory by linking its files: content and snapshots never change in place. Data bases do, so those are real copies.
 */
const cloneDisk = async (from: string, to: string): Promise<void> => {
	await rm(to, {recursive: true, force: true});
	await mkdir(dirname(to), {recursive: true});
	await onHost(['sh', '-c', 'cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a "$1" "$2"; }', 'clone', from, to]);
	await onHost(['sh', '-c', 'find "$1" -name "*.db" | while read -r f; do cp -p "$f" "$f.own" && mv "$f.own" "$f"; done', 'own', to]);
};

/** The files of a machine: those that were asked for, and what its boot reads in /etc/machine. */
const filesOf = ({name, files, links, network, sysctls = {}, nft = '', services = {}, held = []}: MachineSpec) => ({
	...files,
	'etc/hostname': `${name}\n`,
	'etc/machine/links': `${links.join('\n')}\n`,
	'etc/machine/network': `${network.join('\n')}\n`,
	'etc/machine/sysctl': Object.entries(sysctls)
		.map(([key, value]) => `${key} ${value}\n`)
		.join(''),
	'etc/machine/nft': nft,
	...Object.fromEntries(
		Object.entries(services).map(([service, script]) => [
			`etc/machine/services/${service}/run`,
			`#!/bin/sh\nexec >>/var/log/${service}.log 2>&1\n${script}\n`,
		]),
	),
	...Object.fromEntries(held.map(service => [`etc/machine/services/${service}/down`, ''])),
});

const modeOf = (path: string): number =>
	path.endsWith('/run') || path === INIT ? 0o755 : path.includes('pki/') || path.endsWith('.conf') ? 0o600 : 0o644;

/** Its /var, of the node file system and of what was asked for. A machine with a kernel of its own has it on its disk. */
const prepareVar = async (dir: string, {layers, disk = {}, kernel}: MachineSpec): Promise<void> => {
	if (kernel) return;
	await onHost(['cp', '-a', join(layers.at(-1) as string, 'var'), join(dir, 'var')]);
	for (const [path, from] of Object.entries(disk)) await cloneDisk(from, join(dir, path));
};

/** Where a file of a machine lies: what belongs on the disk of one with a kernel of its own is put there by its first process. */
const placeOf = (path: string, {kernel}: MachineSpec): string =>
	path.startsWith('var/') ? (kernel ? join('upper/etc/machine', path) : path) : join('upper', path);

/** Writes all that a machine needs on disk. */
export const prepareMachine = async (cluster: string, spec: MachineSpec): Promise<void> => {
	const dir = machineDir(cluster, spec.name);
	for (const name of ['upper/etc/machine/services', 'work', 'root']) await mkdir(join(dir, name), {recursive: true});
	await prepareVar(dir, spec);
	for (const [path, content] of Object.entries({...filesOf(spec), ...(await ownKernelFiles(spec))})) {
		const file = join(dir, placeOf(path, spec));
		await mkdir(dirname(file), {recursive: true});
		await writeFile(file, content, {mode: modeOf(path)});
	}
	await writeFile(join(dir, 'hierarchies'), await hierarchyLines());
	const {layers, links, kernel} = spec;
	await writeFile(preparedFile(dir), JSON.stringify({layers, links, ...(kernel && {kernel})} satisfies Prepared));
};
