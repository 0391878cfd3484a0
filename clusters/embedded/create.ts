import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {ClusterRef, NodeRef, Target} from '../../lib/target.ts';
import type {CreateContext} from '../provider.ts';
import {metalLbSupport} from './add-ons/metallb.ts';
import {networkPolicySupport} from './add-ons/network-policy/index.ts';
import {olderProxySupport} from './add-ons/older-proxy.ts';
import {hostAddress, nodeAddress, versionsOf} from './addresses.ts';
import {kernelOf} from './kernels/kernels.ts';
import type {Machine, Owner} from './machine/machine.ts';
import {openMachine} from './machine/open.ts';
import {clusterImages, kubeProxyImage} from './parts/images.ts';
import {versionBefore} from './parts/older-proxy.ts';
import {packageVersions} from './parts/rootfs.ts';
import {controlPlaneStep} from './steps/control-plane.ts';
import {coreDnsStep} from './steps/coredns.ts';
import {kubeProxyStep} from './steps/kube-proxy.ts';
import {machinesStep, type WithMachines} from './steps/machines.ts';
import {partsStep, type WithParts} from './steps/parts.ts';
import type {Making, MakingStep} from './steps/step.ts';
import {machineLogs} from './wait.ts';

/** The program that takes a machine's power or gives it back. */
const power = (dir: string, state: 'off' | 'on', name: string): readonly string[] => [
	process.execPath,
	join(import.meta.dirname, 'power.ts'),
	state,
	dir,
	name,
];

/** Keeps what the machines say themselves of a step that failed: they are gone soon. */
const keepLogs = async (owner: Owner, patterns: readonly string[], logs: string): Promise<void> => {
	const names = await readdir(join(owner.cluster, 'machines')).catch(() => []);
	await Promise.all(
		names.map(async name => {
			const machine = await openMachine(owner, name).catch(() => undefined);
			if (machine) await writeFile(join(logs, `${name}.log`), await machineLogs(machine, patterns));
		}),
	);
};

const refOf = (
	{
		target,
		id,
		dir,
		names,
		parts: {bin, kernel, muslResolver},
		source,
		central,
		nodes,
		outside,
		links,
	}: Omit<Making, 'log'> & WithParts & WithMachines,
	packages: Readonly<Record<string, string>>,
	addOns: NonNullable<ClusterRef['addOns']>,
): ClusterRef => {
	const kubeconfig = join(dir, 'kubeconfig');
	const older = versionBefore(target.version);
	const {own} = kernelOf(target.nodeKernel);
	const addresses = (of: (version: 4 | 6) => string): readonly string[] => versionsOf(target.family).map(version => of(version));
	return {
		id,
		dir,
		target: {...target, parts: source.name},
		kubeconfig,
		nodes: names.map((name, index): NodeRef => ({
			name,
			role: index === 0 ? 'control-plane' : 'worker',
			ips: addresses(version => nodeAddress(index, version)),
			access: (nodes[index] as Machine).access,
			domain: {port: {access: central.access, name}, power: {off: power(dir, 'off', name), on: power(dir, 'on', name)}},
		})),
		outside: {ips: addresses(version => hostAddress('outside', version)), access: outside.access},
		images: {...clusterImages(target.version), ...(older !== undefined && {olderProxy: kubeProxyImage(older)})},
		muslResolver,
		addOns,
		parts: {
			'programs from': source.name,
			...packages,
			'CNI plugin': links,
			...('version' in muslResolver && {musl: muslResolver.version}),
			...(own && kernel && {'kernel of the nodes': `${own.name} ${kernel.release}`}),
		},
		usage: [`export KUBECONFIG=${kubeconfig}`, `export PATH=${bin}:$PATH   # kubectl ${target.version}`],
	};
};

const PACKAGES_TOLD = ['etcd-server', 'containerd', 'runc', 'containernetworking-plugins', 'iptables', 'nftables'];

/** Brings up a cluster of machines. Every Node is Ready and the cluster's DNS answers when this returns. */
export const createCluster = async (
	target: Target,
	cache: string,
	{step, progress, signal, id, dir}: CreateContext,
): Promise<ClusterRef> => {
	const logs = join(dir, 'logs');
	await mkdir(logs, {recursive: true});
	const names = ['control-plane', ...Array.from({length: target.workers}, (_, index) => `worker-${index + 1}`)];
	const making = {target, cache, signal, progress, id, dir, names};
	const take = async <Needs, Made>({name, log, logs: patterns, run}: MakingStep<Needs, Made>, needs: Needs): Promise<Made> =>
		step(
			name,
			async () => {
				try {
					return await run({...making, ...needs, log: join(logs, log)});
				} catch (error) {
					if (!signal.aborted) await keepLogs({cluster: dir, id}, patterns, logs);
					throw error;
				}
			},
			{log: join(logs, log)},
		);

	const parts = await take(partsStep, {});
	const machines = await take(machinesStep, parts);
	await take(controlPlaneStep, machines);
	await take(kubeProxyStep, machines);
	await take(coreDnsStep, machines);
	const packages = await packageVersions(dirname(parts.parts.layers.at(-1) as string), PACKAGES_TOLD);
	return refOf({...making, ...parts, ...machines}, packages, {
		metallb: await metalLbSupport(),
		'network-policy': await networkPolicySupport(target),
		'older-proxy': await olderProxySupport(target.version, parts.source, cache),
	});
};
