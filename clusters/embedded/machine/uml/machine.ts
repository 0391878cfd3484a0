import {spawn} from 'node:child_process';
import {open, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {LOOK_INTERVAL_MS} from '../../../../lib/limits.ts';
import {TransportError} from '../../../../lib/shell/shell.ts';
import {succeed} from '../../../../lib/shell/succeed.ts';
import {agentShell} from '../../../../lib/shell/transports/agent.ts';
import {nsenterShell} from '../../../../lib/shell/transports/nsenter.ts';
import {onHost} from '../../host.ts';
import {enter, makeGroups, processesIn} from '../cgroup.ts';
import {endMachines} from '../end.ts';
import {SWITCH, type KernelSpec, type Machine, type Owner} from '../machine.ts';
import {namespaceMachine, networkOf, pidFileOf} from '../namespaces.ts';
import {unplug} from '../port.ts';
import {machineDir, readPrepared} from '../prepare.ts';
import {AGENT_PORT, managementOf} from './management.ts';
import {plugOf} from './plug.ts';
import {processorOf} from './processor.ts';

/** From its start to its agent's first answer: 4 s on a free processor; three at once on two that have far too much to do 67 s. */
const ANSWERS_TIMEOUT_MS = 240_000;
/** What the kernel of a machine that loses its power gets to write to its disk: a second when idle. */
const SYNC_S = 5;

/** Programs of this folder. */
const here = (name: string): string => join(import.meta.dirname, name);

/**
 * How the kernel is started: boot.sh and what it is told. `links` are its taps, `network` is a process of the switch, `processor` where it
 * stays.
 */
export const keeperArguments = (
	dir: string,
	layers: readonly string[],
	{root, commandLine, image, memoryMib}: KernelSpec,
	links: readonly string[],
	network: string,
	processor: string,
): readonly string[] => [
	'taskset',
	'--cpu-list',
	processor,
	'nsenter',
	`--net=/proc/${network}/ns/net`,
	'unshare',
	'--mount',
	'--uts',
	'--ipc',
	'--pid',
	'--fork',
	'--kill-child',
	'--',
	'sh',
	here('boot.sh'),
	dir,
	layers.join(':'),
	root,
	image,
	String(memoryMib),
	...links,
	...commandLine,
];

/** What a kernel said last when it panicked, which its process may outlive; undefined: it did not. */
export const panicIn = (log: string): string | undefined => {
	const [before = '', ...after] = log.split('Kernel panic');
	const cause = before.trimEnd().split('\n').at(-1) ?? '';
	return after.length === 0 ? undefined : `${cause === '' ? '' : `${cause}: `}Kernel panic${after[0]?.split('\n')[0]}`;
};

/** Starts the kernel; what it says goes to boot.log. It outlives this process. Answers a promise that rejects when it ends. */
const boot = async ({id}: Owner, name: string, dir: string, argv: readonly string[]): Promise<{readonly ended: Promise<never>}> => {
	const {keeper} = await makeGroups(id, name, ['keeper']);
	const log = await open(join(dir, 'boot.log'), 'a');
	const child = spawn('sh', ['-c', `${enter('KEEPER')}; exec "$@"`, 'machine', ...argv], {
		detached: true,
		stdio: ['ignore', log.fd, log.fd],
		env: {PATH: process.env['PATH'] ?? '', KEEPER: keeper.join(' ')},
		cwd: '/',
	});
	const ended = new Promise<never>((_, reject) => {
		child.once('error', error => {
			reject(new Error(`machine ${name}: its kernel cannot be started`, {cause: error}));
		});
		child.once('exit', (code, signal) => {
			reject(new Error(`machine ${name}: its kernel ended at boot (${signal ?? `exit ${code}`}); see ${join(dir, 'boot.log')}`));
		});
	});
	ended.catch(() => undefined);
	child.unref();
	await log.close();
	return {ended};
};

/** A machine that is a kernel of its own: user-mode Linux, a program of this host. */
export const umlMachine = (owner: Owner, name: string, kernel: KernelSpec): Machine => {
	const {cluster, id} = owner;
	const dir = machineDir(cluster, name);
	const central = namespaceMachine(owner, SWITCH);
	const management = managementOf(name, kernel.slot);
	const through = {kind: 'nsenter', pidFile: pidFileOf(cluster, SWITCH)} as const;
	const client = ['perl', '/etc/machine/agent-client.pl', management.link, management.own, String(AGENT_PORT)];
	const shell = agentShell(nsenterShell(through.pidFile, name), client, name);
	const {port, tap, bridge, lines} = plugOf(name, management);
	const unplugAll = async (): Promise<void> => {
		for (const link of [port, tap, bridge, management.link]) await unplug(central, link);
	};
	// The kernel takes hold of its links when the machine sets them up: they are there before it boots.
	const plug = async (): Promise<void> => {
		await central.run(['ip', '-batch', '-'], {stdin: `${lines.join('\n')}\n`});
	};
	const bootLog = async (): Promise<string> => readFile(join(dir, 'boot.log'), 'utf8').catch(() => '');
	const answers = async (until: number, earlier: number, signal: AbortSignal | undefined): Promise<void> => {
		for (;;) {
			try {
				await succeed(shell, ['true'], {timeoutMs: ANSWERS_TIMEOUT_MS, ...(signal && {signal})});
				return;
			} catch (error) {
				if (!(error instanceof TransportError) || performance.now() > until) throw error;
			}
			const panic = panicIn((await bootLog()).slice(earlier));
			if (panic !== undefined) throw new Error(`machine ${name}: its kernel ended at boot: ${panic}; see ${join(dir, 'boot.log')}`);
			await sleep(LOOK_INTERVAL_MS, undefined, signal ? {signal} : {});
		}
	};
	return {
		name,
		dir,
		access: {kind: 'agent', through, client},
		run: async (argv, options) => succeed(shell, argv, options),
		plug,
		power: {
			async on(signal) {
				if ((await processesIn(id, name)).length > 0) return;
				const {layers} = await readPrepared(dir);
				// What a killed one left: the name of its console, and links that nobody holds.
				await rm(join(dir, 'machine/uml'), {recursive: true, force: true});
				await unplugAll();
				await plug();
				const [network, processor] = await Promise.all([networkOf(cluster, SWITCH), processorOf(kernel.slot)]);
				const argv = keeperArguments(dir, layers, kernel, [tap, management.link], network, processor);
				signal?.throwIfAborted();
				const earlier = (await bootLog()).length;
				const {ended} = await boot(owner, name, dir, argv);
				await Promise.race([answers(performance.now() + ANSWERS_TIMEOUT_MS, earlier, signal), ended]);
			},
			async off() {
				if ((await processesIn(id, name)).length > 0) await onHost(['perl', here('sync.pl'), dir, String(SYNC_S)]);
				await endMachines(id, name);
				await unplugAll();
			},
		},
	};
};
