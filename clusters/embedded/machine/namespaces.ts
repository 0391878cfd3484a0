import {spawn} from 'node:child_process';
import {open, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {succeed} from '../../../lib/shell/succeed.ts';
import {nsenterShell} from '../../../lib/shell/transports/nsenter.ts';
import {onHost} from '../host.ts';
import {enter, makeGroups, processesIn} from './cgroup.ts';
import {endMachines} from './end.ts';
import {SEGMENT, SWITCH, type Machine, type Owner} from './machine.ts';
import {hardwareAddress, unplug} from './port.ts';
import {machineDir, readPrepared} from './prepare.ts';

export const pidFileOf = (cluster: string, name: string): string => join(machineDir(cluster, name), 'pid');

/** The network of a machine as `ip` takes it: by the first of its processes. */
export const networkOf = async (cluster: string, name: string): Promise<string> =>
	(await readFile(pidFileOf(cluster, name), 'utf8')).trim();

const childOf = async (pid: number): Promise<number | undefined> => {
	const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
	return text.trim() ? Number(text.trim().split(' ')[0]) : undefined;
};

/**
 * Starts a prepared machine: its own namespaces and cgroup, boot.sh as first process. It outlives this process; killing the pid of its file
 * ends all of it.
 */
const boot = async ({cluster, id}: Owner, name: string, layers: readonly string[]): Promise<void> => {
	const dir = machineDir(cluster, name);
	const groups = await makeGroups(id, name);
	const log = await open(join(dir, 'boot.log'), 'a');
	const child = spawn(
		'sh',
		[
			'-c',
			`${enter('KEEPER')}; exec unshare --mount --uts --ipc --net --pid --fork --kill-child -- sh -c '${enter('INSIDE')}; ` +
				`exec unshare --cgroup -- sh "$@"' "$0" "$@"`,
			'machine',
			join(import.meta.dirname, 'boot.sh'),
			dir,
			name,
			layers.join(':'),
		],
		{
			detached: true,
			stdio: ['ignore', log.fd, log.fd],
			env: {PATH: process.env['PATH'] ?? '', KEEPER: groups.keeper.join(' '), INSIDE: groups.inside.join(' ')},
			cwd: '/',
		},
	);
	const failed = new Promise<never>((_, reject) => {
		child.once('error', error => {
			reject(new Error(`machine ${name}: cannot start unshare`, {cause: error}));
		});
		child.once('exit', code => {
			reject(new Error(`machine ${name} ended at boot (exit ${code}); see ${join(dir, 'boot.log')}`));
		});
	});
	failed.catch(() => undefined);
	child.unref();
	await log.close();
	const find = async (): Promise<number> => {
		for (;;) {
			const pid = child.pid === undefined ? undefined : await childOf(child.pid);
			if (pid !== undefined) return pid;
			await sleep(5);
		}
	};
	await writeFile(pidFileOf(cluster, name), String(await Promise.race([find(), failed])));
};

/** A machine that is a set of namespaces of this host, with a file system of its own. */
export const namespaceMachine = (owner: Owner, name: string): Machine => {
	const {cluster, id} = owner;
	const dir = machineDir(cluster, name);
	const access = {kind: 'nsenter', pidFile: pidFileOf(cluster, name)} as const;
	const shell = nsenterShell(access.pidFile, name);
	const plug = async (): Promise<void> => {
		const [port, own] = [await networkOf(cluster, SWITCH), await networkOf(cluster, name)];
		await onHost(['ip', '-batch', '-'], {
			stdin: `link add ${name} netns ${port} type veth peer name eth0 address ${hardwareAddress(name)} netns ${own}\n`,
		});
		await namespaceMachine(owner, SWITCH).run(['ip', '-batch', '-'], {
			stdin: `link set ${name} master ${SEGMENT} addrgenmode none\nlink set ${name} up\n`,
		});
	};
	return {
		name,
		dir,
		access,
		run: async (argv, options) => succeed(shell, argv, options),
		plug,
		power: {
			async on(signal) {
				if ((await processesIn(id, name)).length > 0) return;
				const {layers, links} = await readPrepared(dir);
				signal?.throwIfAborted();
				await boot(owner, name, layers);
				if (links.includes('eth0')) await plug();
			},
			async off() {
				await endMachines(id, name);
				// The kernel answers pings in the node's network until it has cleared that away, some time after the last process.
				await unplug(namespaceMachine(owner, SWITCH), name);
			},
		},
	};
};

/** A pair of links between this host and a machine. */
export const linkToHost = async (link: string, {cluster}: Owner, name: string, inside: string): Promise<void> => {
	await onHost(['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', inside, 'netns', await networkOf(cluster, name)]);
};
