import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../../lib/limits.ts';
import {traitsOf} from '../../../lib/model/modes/traits.ts';
import {cacheRoot} from '../../../lib/paths.ts';
import type {Support} from '../../../lib/target.ts';
import type {PutIn} from '../../provider.ts';
import {openMachine} from '../machine/open.ts';
import {versionOfGo} from '../parts/go-environment.ts';
import {metalLbParts} from '../parts/metallb.ts';
import {settled} from '../settled.ts';
import {ADMIN} from '../steps/addon.ts';
import {waitFor} from '../wait.ts';
import {importImages} from './import-images.ts';

const NAMESPACE = 'metallb-system';
const LOGS = [`/var/log/pods/${NAMESPACE}_*/*/*.log`];

/** A shell condition: the webhook of MetalLB's controller takes a pool; nothing is made. */
const TAKES_POOLS = `echo '${JSON.stringify({
	apiVersion: 'metallb.io/v1beta1',
	kind: 'IPAddressPool',
	metadata: {name: 'try', namespace: NAMESPACE},
	spec: {addresses: ['192.0.2.0/24'], autoAssign: false},
})}' | kubectl --kubeconfig ${ADMIN} apply --server-side --dry-run=server --filename -`;

/**
 * Where a mode binds the Services' addresses every node has all of them, and answers ARP for them unless it is told not to
 * (https://metallb.io/installation/#preparation).
 */
const STRICT_ARP = `kubectl --kubeconfig ${ADMIN} get configmap kube-proxy --namespace kube-system --output yaml |
	sed 's/strictARP: false/strictARP: true/' | kubectl --kubeconfig ${ADMIN} apply --server-side --force-conflicts --filename -
kubectl --kubeconfig ${ADMIN} rollout restart daemonset kube-proxy --namespace kube-system`;

/** Whether MetalLB can be had here at all. */
export const metalLbSupport = async (): Promise<Support> =>
	(await versionOfGo()) === undefined
		? {ok: false, why: 'it is built from source, and go is not on the PATH (go.dev/doc/install)'}
		: {ok: true, how: 'put in when a check asks for it'};

/** The real MetalLB, from its own manifest: controller and speakers are Ready, and pools can be made, when this returns. */
export const putInMetalLb: PutIn = async ({dir, id, nodes, target}, {step, progress, signal}) => {
	const log = join(dir, 'logs', 'metallb.log');
	const {bindsAddresses} = traitsOf(target.mode);
	const options = {signal, log};
	const owner = {cluster: dir, id};
	const api = await openMachine(owner, 'api');
	const kubectl = async (argv: readonly string[], stdin?: string): Promise<string> =>
		api.run(['kubectl', '--kubeconfig', ADMIN, ...argv], {...options, ...(stdin !== undefined && {stdin})});
	const limit = `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`;
	const ready = async (what: string, namespace = NAMESPACE): Promise<unknown> =>
		kubectl(['rollout', 'status', what, '--namespace', namespace, limit]);
	const make = async (): Promise<void> => {
		const {archives, manifest} = await step('MetalLB parts', async () => metalLbParts({cache: cacheRoot(), progress, ...options}));
		await step('MetalLB', async () => {
			const images = await Promise.all(archives.map(async file => readFile(file)));
			const machines = await Promise.all(nodes.map(async ({name}) => openMachine(owner, name)));
			if (bindsAddresses) await api.run(['sh', '-ec', STRICT_ARP], options);
			await settled(machines.map(async node => importImages(node, images, options)));
			await kubectl(['apply', '--server-side', '--force-conflicts', '--validate=false', '--filename', '-'], manifest);
			await settled([
				ready('deployment/controller'),
				ready('daemonset/speaker'),
				...(bindsAddresses ? [ready('daemonset/kube-proxy', 'kube-system')] : []),
			]);
		});
	};
	// Its images are on every node when its objects are made.
	if (!(await kubectl(['get', 'daemonsets', '--namespace', NAMESPACE, '--output', 'name'])).includes('/speaker')) await make();
	await waitFor(api, 'MetalLB takes pools', TAKES_POOLS, {logs: LOGS, ...options});
};
