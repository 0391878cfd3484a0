import {mkdir, readdir, readFile, rename, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {digest, once} from '../cache.ts';
import {containerdConfig} from '../node.ts';
import {namespaceMachine} from '../machine/namespaces.ts';
import {prepareMachine} from '../machine/prepare.ts';
import {endMachines} from '../machine/end.ts';
import {waitFor} from '../wait.ts';
import type {PartsContext} from './source.ts';

const PREFIX = 'import-';

/** The machine that imports carries the pid of whoever makes it, so that a clean-up can tell a live one from what a killed one left. */
const importId = (pid: number): string => `${PREFIX}${pid}`;

/** The pid in the id of an importing machine; undefined for the id of a cluster. */
export const importerOf = (id: string): number | undefined => (id.startsWith(PREFIX) ? Number(id.slice(PREFIX.length)) : undefined);

/**
 * A containerd directory that holds all images unpacked: each Node starts from a copy whose files are links, so no Node imports anything.
 * containerd itself makes it, in a machine without a network.
 */
export const containerdTemplate = async (
	root: string,
	archives: string,
	restrictOomScore: boolean,
	{cache, signal, log, progress}: PartsContext,
): Promise<string> => {
	const own = await readFile(import.meta.filename, 'utf8');
	return once(
		join(cache, 'containerd', digest(own, basename(archives), containerdConfig(restrictOomScore))),
		async unfinished => {
			const id = importId(process.pid);
			const spec = {
				name: 'import',
				layers: [root],
				links: [],
				network: ['link set lo up'],
				files: {'etc/containerd/config.toml': containerdConfig(restrictOomScore)},
				services: {containerd: 'exec containerd'},
				disk: {'var/archives': archives},
			};
			const machine = namespaceMachine({cluster: unfinished, id}, spec.name);
			const run = async (...argv: string[]) => machine.run(argv, {signal, log});
			try {
				await prepareMachine(unfinished, spec);
				await machine.power.on();
				await waitFor(machine, 'containerd answers', '[ -e /etc/machine/links ] && [ -S /run/containerd/containerd.sock ]', {
					logs: ['/var/log/containerd.log'],
					signal,
					log,
				});
				const names = (await readdir(archives)).filter(name => name.endsWith('.tar')).sort();
				for (const [index, name] of names.entries()) {
					progress(`import of image ${index + 1} of ${names.length}`);
					const ctr = ['ctr', '-n', 'k8s.io', 'images', 'import', '--label', 'io.cri-containerd.pinned=pinned', '--digests'];
					await run(...ctr, `/var/archives/${name}`);
				}
				// A clean end closes the data bases.
				await run('sv', '-w', '20', 'force-stop', '/etc/machine/services/containerd');
				await endMachines(id);
				await mkdir(join(unfinished, 'kept'), {recursive: true});
				await rename(join(machine.dir, 'var/lib/containerd'), join(unfinished, 'kept/containerd'));
				await rm(join(unfinished, 'machines'), {recursive: true});
				await rename(join(unfinished, 'kept/containerd'), join(unfinished, 'containerd'));
				await rm(join(unfinished, 'kept'), {recursive: true});
			} finally {
				await endMachines(id);
			}
		},
		signal,
	);
};
