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
import type {CreateContext} from '../provider.ts';
import {KIND} from './cli.ts';
import {kindConfig} from './config.ts';
import {chooseImage} from './image.ts';
import {makePodNetwork} from './pod-network.ts';
import {hasCgroupV1} from './preflight.ts';

const host = localShell('this host');

/** A kubectl of the cluster's own version is in every node image. */
const kubectl = (...words: readonly string[]): readonly string[] => ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', ...words];

/** Makes a cluster with kind's own CLI. Every Node is Ready and the cluster's DNS runs when this returns. */
export const createCluster = async (
	target: Target,
	cache: string,
	{step, progress, signal, id, dir}: CreateContext,
): Promise<ClusterRef> => {
	const log = join(dir, 'logs', 'kind.log');
	const options = {signal, log};
	const kubeconfig = join(dir, 'kubeconfig');
	const state = await findEngine(host, process.env['KIND_EXPERIMENTAL_PROVIDER']);
	if (!state.ok) throw new Error(state.why);
	const {engine} = state;
	const image = await chooseImage(host, engine, target);
	const kind = await step('kind', async () => cliProgram(host, KIND, {cache, signal, log, progress}), {log});
	const shellOf = (name: string) => containerShell({kind: 'container', engine, name}, name);

	await step(
		'containers',
		async () => {
			const config = join(dir, 'kind.yaml');
			await writeFile(config, kindConfig(target, {image: image.name, ownNetwork: image.own, cgroupV1: await hasCgroupV1()}));
			const words = ['--name', clusterName(id), '--config', config, '--kubeconfig', kubeconfig, '--wait', '0s', '--verbosity', '1'];
			await succeed(cliShell(host), [kind, 'create', 'cluster', ...words], {...options, env: {KIND_EXPERIMENTAL_PROVIDER: engine}});
		},
		{log},
	);

	const kube = (await connect(kubeconfig)).bound(signal);
	const nodes = await readNodes(kube, engine, target.family);
	const links = image.own
		? await step('pod network', async () => makePodNetwork(nodes, shellOf, target.family, options), {log})
		: 'of kindnet';
	const [controlPlane] = nodes;
	if (!controlPlane) throw new Error('kind made a cluster without a node');
	await step(
		'nodes and CoreDNS',
		async () => {
			const limit = `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`;
			for (const words of [
				['wait', '--for=condition=Ready', 'node', '--all', limit],
				['--namespace', 'kube-system', 'rollout', 'status', 'daemonset/kube-proxy', limit],
				['--namespace', 'kube-system', 'rollout', 'status', 'deployment/coredns', limit],
			])
				await succeed(shellOf(controlPlane.name), kubectl(...words), options);
			const programs = await nodePrograms(host, {signal});
			await Promise.all(nodes.map(async ({name}) => givePrograms(host, engine, name, programs, options)));
		},
		{log},
	);
	const outside =
		engine === 'nerdctl'
			? undefined
			: await step('host outside', async () =>
					startOutside({engine, id, image: image.outside, network: 'kind', dual: target.family === 'dual'}),
				);
	return {
		id,
		dir,
		target,
		kubeconfig,
		nodes: nodes.map(({name, role, ips, access}) => ({name, role, ips, ...(access && {access})})),
		...(outside && {outside}),
		images: image.images,
		parts: {[engine]: state.version, 'node image': image.name, 'CNI plugin': links},
		usage: [`export KUBECONFIG=${kubeconfig}`, `${engine} exec -it ${controlPlane.name} bash`],
	};
};
