import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {apiError} from '../../lib/kube-error.ts';
import {connect, type Kube} from '../../lib/kube.ts';
import {EXISTING_ANSWER_TIMEOUT_MS} from '../../lib/limits.ts';
import type {ClusterRef, NodeRef, Target} from '../../lib/target.ts';
import {UsageError, causesOf} from '../../lib/usage.ts';
import type {CreateContext, Preflight, Provider} from '../provider.ts';
import {readInventory} from './inventory.ts';
import {expiredCertificate, kubeconfigFile, kubeconfigFor} from './kubeconfig.ts';
import {foundMode, imagesFor, orMissingRight} from './look.ts';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** The namespaces of a run, by the label that everything of it carries (lib/testbed/clients.ts). */
const RUN_LABEL = 'vipcheck.run';

const askedOf = ({existing}: Target): NonNullable<Target['existing']> => existing ?? {yes: false};

const connectTo = async (target: Target, dir: string): Promise<Kube> => {
	const {kubeconfig, context} = askedOf(target);
	const file = join(dir, 'kubeconfig');
	const text = await kubeconfigFor(kubeconfigFile(kubeconfig), context);
	const expired = await expiredCertificate(text);
	if (expired !== undefined) throw new UsageError(`${kubeconfigFile(kubeconfig)}: ${expired}`);
	await writeFile(file, text, {mode: 0o600});
	return connect(file);
};

const versionOf = async (kube: Kube): Promise<string> => {
	const {gitVersion} = await kube.version.getCode();
	return gitVersion.replace(/^v/, '');
};

/** Looks whether the cluster answers, what programs its nodes, and whether the user agreed to what is made in it. Makes nothing. */
const preflight = async (target: Target): Promise<Preflight> => {
	const {yes, inventory} = askedOf(target);
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-existing-'));
	try {
		if (inventory !== undefined) await readInventory(inventory);
		const kube = (await connectTo(target, dir)).bound(AbortSignal.timeout(EXISTING_ANSWER_TIMEOUT_MS));
		const [version, mode] = await Promise.all([versionOf(kube), foundMode(kube)]);
		if (target.mode !== 'unknown' && target.mode !== mode)
			return {ok: false, why: `${kube.server} runs in mode ${mode}, not ${target.mode}`};
		if (!yes)
			return {
				ok: false,
				why: [
					'it would make namespaces vipcheck-… with pods, Services and a DaemonSet',
					`in the cluster at ${kube.server} (Kubernetes ${version}, mode ${mode}), and remove them at the end: agree with --yes`,
				].join(' '),
			};
		return {ok: true, how: `${kube.server}, Kubernetes ${version}, mode ${mode}`, target: {...target, version, mode}};
	} catch (error) {
		if (error instanceof UsageError) return {ok: false, why: error.message};
		return {ok: false, why: apiError(error)?.line ?? causesOf(error).join(': ')};
	} finally {
		await rm(dir, {recursive: true});
	}
};

/** Attaches; makes nothing in the cluster yet. */
const create = async (target: Target, {step, signal, id, dir}: CreateContext): Promise<ClusterRef> =>
	step('attach', async () => {
		const kube = (await connectTo(target, dir)).bound(signal);
		const {inventory: file} = askedOf(target);
		const inventory = file === undefined ? undefined : await readInventory(file);
		const {items} = await orMissingRight('list nodes', kube.core.listNode());
		const nodes = items
			.map(({metadata, status}): NodeRef => {
				const name = metadata?.name as string;
				const ips = (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);
				const access = inventory?.nodes.get(name);
				return {
					name,
					role: metadata?.labels?.[CONTROL_PLANE] === undefined ? 'worker' : 'control-plane',
					ips: target.family === 'dual' ? ips : ips.filter(ip => !ip.includes(':')),
					...(access && {access}),
				};
			})
			.toSorted((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name, 'en', {numeric: true}));
		const strangers = [...(inventory?.nodes.keys() ?? [])].filter(name => !nodes.some(node => node.name === name));
		if (strangers.length > 0)
			throw new UsageError(
				`the inventory ${file} has ${strangers.join(', ')}; the cluster has ${nodes.map(({name}) => name).join(', ')}`,
			);
		const version = await versionOf(kube);
		return {
			id,
			dir,
			target: {...target, version, workers: nodes.filter(({role}) => role === 'worker').length},
			kubeconfig: join(dir, 'kubeconfig'),
			nodes,
			...(inventory?.outside && {outside: inventory.outside}),
			images: imagesFor(
				items.map(({status}) => (status?.images ?? []).flatMap(({names}) => names ?? [])),
				version,
			),
			parts: {},
			usage: [],
		};
	});

/** Removes the namespaces of every run that used this cluster directory; the cluster itself is not ours. */
const destroy = async (dir: string): Promise<void> => {
	const runs = await readFile(join(dir, 'runs'), 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return '';
		throw error;
	});
	if (runs.trim() === '') return;
	const kube = (await connect(join(dir, 'kubeconfig'))).bound(AbortSignal.timeout(EXISTING_ANSWER_TIMEOUT_MS));
	for (const run of new Set(runs.trim().split('\n'))) {
		const {items} = await kube.core.listNamespace({labelSelector: `${RUN_LABEL}=${run}`});
		for (const {metadata} of items)
			await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: metadata?.name as string}});
	}
};

/** A cluster that exists: nothing is made but what the checks need, in namespaces of their own. */
const existing: Provider = {
	name: 'existing',
	finds: true,
	modes: ['iptables', 'ipvs', 'nftables'],
	versions: [],
	preflight,
	create,
	destroy,
};

export default existing;
