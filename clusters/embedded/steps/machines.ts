import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {apiMachine, makeCredentials} from '../control-plane.ts';
import {missingInotify} from '../inotify.ts';
import {kernelOf} from '../kernels/kernels.ts';
import {SEGMENT, type KernelSpec, type Machine, type MachineSpec} from '../machine/machine.ts';
import {openMachine} from '../machine/open.ts';
import {prepareMachine} from '../machine/prepare.ts';
import {chooseLeg, plugLeg} from '../network.ts';
import {loadIpvs} from '../node-kernel.ts';
import {nodeMachine} from '../node.ts';
import type {Parts} from '../parts/obtain.ts';
import {podLinks, type PodLinks} from '../pod-links.ts';
import {gatewayMachine, outsideMachine, switchMachine} from '../segment.ts';
import {settled} from '../settled.ts';
import {waitFor} from '../wait.ts';
import type {WithParts} from './parts.ts';
import type {MakingStep} from './step.ts';

/** The machines of a cluster. */
export type WithMachines = {
	/** The switch. */
	readonly central: Machine;
	readonly api: Machine;
	/** As the Nodes' names: that of the control plane first. */
	readonly nodes: readonly Machine[];
	readonly outside: Machine;
	readonly links: PodLinks;
};

/** Pods of checks run on workers only; a kernel's memory is taken as it is touched. */
const MEMORY_MIB = {controlPlane: 1024, worker: 2048};

const kernelSpecOf = ({root, commandLine, image}: NonNullable<Parts['kernel']>, index: number): KernelSpec => ({
	root,
	commandLine,
	image,
	memoryMib: index === 0 ? MEMORY_MIB.controlPlane : MEMORY_MIB.worker,
	slot: index + 1,
});

/** Boots every machine, and lets the host reach the API server. */
export const machinesStep: MakingStep<WithParts, WithMachines> = {
	name: 'machines',
	log: 'create.log',
	logs: [],
	async run({target, id, dir, names, parts, restrictOomScore, signal, log}) {
		// Parts may have taken minutes, and another cluster what was free then.
		const [missing] = await missingInotify(target);
		if (missing !== undefined) throw new Error(missing);
		await loadIpvs(target, log);
		const {layers} = parts;
		const {family} = target;
		const owner = {cluster: dir, id};
		const links = parts.kernel ? 'bridge' : await podLinks();
		const leg = await chooseLeg(id);

		const start = async (spec: MachineSpec): Promise<Machine> => {
			signal.throwIfAborted();
			await prepareMachine(dir, spec);
			const machine = await openMachine(owner, spec.name);
			await machine.power.on(signal);
			return machine;
		};
		const startSegment = async () => {
			const central = await start(switchMachine(layers));
			await waitFor(central, 'the segment is there', `ip link show ${SEGMENT}`, {logs: [], signal, log});
			const [, outside] = await settled([start(gatewayMachine(layers, family)), start(outsideMachine(layers, family))]);
			return {central, outside};
		};
		const [{central, outside}, credentials] = await settled([
			startSegment(),
			makeCredentials(parts.program('kubeadm'), target, id, leg, dir, names, {signal, log}),
		]);
		const [api, ...nodes] = (await settled([
			start(apiMachine(layers, credentials, leg, names.length, family)),
			...names.map(async (name, index) =>
				start(
					nodeMachine(name, index, {
						layers: [...(parts.kernel?.layers ?? []), ...layers],
						family,
						links,
						nodes: names.length,
						kubeconfig: credentials.kubelets.get(name) as string,
						ca: credentials.ca,
						containerdTemplate: parts.containerd,
						restrictOomScore,
						nftables: kernelOf(target.nodeKernel).nftables,
						...(parts.kernel && {kernel: kernelSpecOf(parts.kernel, index)}),
					}),
				),
			),
		])) as [Machine, ...Machine[]];
		await plugLeg(leg, owner, api.name);
		await writeFile(join(dir, 'kubeconfig'), credentials.admin.replace(/server: .*/, `server: https://${leg.cluster}:6443`), {
			mode: 0o600,
		});
		return {central, api, nodes, outside, links};
	},
};
