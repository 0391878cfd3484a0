import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {PUBLIC_IMAGES} from './embedded/parts.ts';
import {CREATE_TIMEOUT_MS} from '../lib/limits.ts';
import {connect} from '../lib/kube.ts';
import {traitsOf} from '../lib/model/modes/traits.ts';
import type {Shell} from '../lib/shell/shell.ts';
import {succeed} from '../lib/shell/succeed.ts';
import {localShell} from '../lib/shell/transports/local.ts';
import type {ClusterRef, Target} from '../lib/target.ts';
import {containerAccess, findEngine, hostHasIpvs, NO_IPVS} from './containers/engine.ts';
import {k3sImage, missingImage} from './containers/image.ts';
import {CLUSTER_LABEL} from './containers/outside.ts';
import type {CreateContext, Preflight, Provider} from './provider.ts';

const host = localShell('this host');

const VERSION = '1.36.3';
const imageOf = ({version, image}: Pick<Target, 'version' | 'image'>): string => image ?? k3sImage(version);

/** Can it be made here? One server alone: kube-proxy runs inside its process. */
export const preflight = async (target: Target, shell: Shell, hasIpvs: () => Promise<boolean>): Promise<Preflight> => {
	const state = await findEngine(shell, 'docker');
	if (!state.ok) return state;
	if (traitsOf(target.mode).needsIpvs && !(await hasIpvs())) return {ok: false, why: NO_IPVS};
	const image = imageOf(target);
	const why = await missingImage(shell, 'docker', image);
	if (why !== undefined) return {ok: false, why: `the ${why}`};
	return {ok: true, how: `one server of k3s in a container of docker ${state.version}, image ${image}`, workers: 0};
};

const create = async (target: Target, {step, id, dir, signal}: CreateContext): Promise<ClusterRef> => {
	// Its reaper would take the container away with this process.
	process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
	const {K3sContainer} = await import('@testcontainers/k3s');
	const name = `vipcheck-${id}`;
	const image = imageOf(target);
	const kubeconfig = join(dir, 'kubeconfig');
	await step('k3s', async () => {
		const words = ['server', '--disable=traefik', '--disable=servicelb', `--kube-proxy-arg=proxy-mode=${target.mode}`];
		const server = new K3sContainer(image)
			.withName(name)
			.withLabels({[CLUSTER_LABEL]: id})
			.withCommand(words)
			.withStartupTimeout(CREATE_TIMEOUT_MS);
		await writeFile(kubeconfig, (await server.start()).getKubeConfig(), {mode: 0o600});
	});
	const {items} = await (await connect(kubeconfig)).bound(signal).core.listNode();
	return {
		id,
		dir,
		target,
		kubeconfig,
		nodes: items.map(({metadata, status}) => ({
			name: metadata?.name as string,
			role: 'control-plane',
			ips: (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address),
			access: containerAccess('docker', name),
		})),
		images: PUBLIC_IMAGES,
		parts: {'k3s image': image},
		usage: [`export KUBECONFIG=${kubeconfig}`],
	};
};

const containers = async (filter: string, format: string): Promise<readonly string[]> => {
	const state = await findEngine(host, 'docker');
	if (!state.ok) return [];
	return (await succeed(host, ['docker', 'ps', '--all', '--filter', filter, '--format', format])).split('\n').filter(Boolean);
};

/** k3s by testcontainers. Not verified on a real k3s: see README. */
const k3s: Provider = {
	name: 'k3s',
	modes: ['iptables', 'ipvs', 'nftables'],
	versions: [VERSION],
	takesImage: true,
	preflight: async target => preflight(target, host, hostHasIpvs),
	create,
	async destroy(_dir, id) {
		const own = await containers(`label=${CLUSTER_LABEL}=${id}`, '{{.ID}}');
		if (own.length > 0) await succeed(host, ['docker', 'rm', '--force', '--volumes', ...own]);
	},
};

export default k3s;
