import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {connect} from '../../lib/kube.ts';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../lib/limits.ts';
import {succeed} from '../../lib/shell/succeed.ts';
import {containerShell} from '../../lib/shell/transports/container.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import type {ClusterRef, Target} from '../../lib/target.ts';
import {cliProgram, cliShell} from '../containers/cli.ts';
import {findEngine} from '../containers/engine.ts';
import {clusterName} from '../containers/names.ts';
import {readNodes} from '../containers/nodes.ts';
import {startOutside} from '../containers/outside.ts';
import {givePrograms, nodePrograms} from '../containers/programs.ts';
import {labelled} from '../containers/remove.ts';
import type {CreateContext} from '../provider.ts';
import {K3D} from './cli.ts';
import {k3dConfig} from './config.ts';
import {chooseImage, toolsImage} from './image.ts';
import {K3D_LABEL, networkOf, nodeNames} from './names.ts';
import {dockerSocket} from './socket.ts';

const host = localShell('this host');

/** Each node's image has a kubectl, and k3d has each server write its kubeconfig there. */
const kubectl = (...words: readonly string[]): readonly string[] => ['kubectl', '--kubeconfig', '/output/kubeconfig.yaml', ...words];

/** What is ready when a cluster is; all of it appears only after k3d has ended. */
const waits = (nodes: readonly string[]): readonly (readonly string[])[] => {
	const limit = `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`;
	const objects = nodes.map(name => `node/${name}`);
	const dns = ['--namespace', 'kube-system'];
	return [
		['wait', '--for=create', ...objects, limit],
		['wait', '--for=condition=Ready', ...objects, limit],
		[...dns, 'wait', '--for=create', 'deployment/coredns', limit],
		[...dns, 'rollout', 'status', 'deployment/coredns', limit],
	];
};

/** What the nodes of a failed start said themselves: they are gone soon. */
const keepLogs = async (id: string, dir: string): Promise<void> => {
	for (const container of await labelled(host, 'docker', [`${K3D_LABEL}=${clusterName(id)}`])) {
		const {stdout, stderr} = await host.run(['docker', 'logs', container]);
		await writeFile(join(dir, 'logs', `${container}.log`), stdout + stderr);
	}
};

/** Makes a cluster with k3d's own CLI. Every Node is Ready and the cluster's DNS runs when this returns. */
export const createCluster = async (
	target: Target,
	cache: string,
	{step, progress, signal, id, dir}: CreateContext,
): Promise<ClusterRef> => {
	const log = join(dir, 'logs', 'k3d.log');
	const options = {signal, log};
	const kubeconfig = join(dir, 'kubeconfig');
	const state = await findEngine(host, 'docker');
	if (!state.ok) throw new Error(state.why);
	const image = await chooseImage(host, target);
	const k3d = await step('k3d', async () => cliProgram(host, K3D, {cache, signal, log, progress}), {log});
	const names = nodeNames(id, target.workers);
	const server = containerShell({kind: 'container', engine: 'docker', name: names[0]}, names[0]);

	await step(
		'containers',
		async () => {
			const config = join(dir, 'k3d.yaml');
			await writeFile(config, k3dConfig(target, id, image.name));
			const tools = toolsImage(image, process.env);
			const env = {...(await dockerSocket(host, process.env)), ...(tools !== undefined && {K3D_IMAGE_TOOLS: tools})};
			await succeed(cliShell(host), [k3d, 'cluster', 'create', '--config', config], {...options, env}).catch(
				async (error: unknown) => {
					if (!signal.aborted) await keepLogs(id, dir);
					throw error;
				},
			);
			await writeFile(kubeconfig, await succeed(host, [k3d, 'kubeconfig', 'get', clusterName(id)], {signal}), {mode: 0o600});
		},
		{log},
	);
	await step(
		'nodes and CoreDNS',
		async () => {
			for (const words of waits(names)) await succeed(server, kubectl(...words), options);
			const programs = await nodePrograms(host, {signal});
			await Promise.all(names.map(async name => givePrograms(host, 'docker', name, programs, options)));
		},
		{log},
	);
	const nodes = await readNodes((await connect(kubeconfig)).bound(signal), 'docker', target.family);
	const outside = await step('host outside', async () =>
		startOutside({engine: 'docker', id, image: image.outside, network: networkOf(id), dual: false}),
	);
	return {
		id,
		dir,
		target,
		kubeconfig,
		nodes: nodes.map(({name, role, ips, access}) => ({name, role, ips, ...(access && {access})})),
		outside,
		images: image.images,
		parts: {docker: state.version, 'node image': image.name, k3s: image.own ? 'none: upstream Kubernetes stands in for it' : 'yes'},
		usage: [`export KUBECONFIG=${kubeconfig}`, `docker exec -it ${names[0]} sh`],
	};
};
