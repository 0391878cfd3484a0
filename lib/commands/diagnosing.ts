import {Option} from 'commander';
import type {Command} from 'commander';
import {writeFile} from 'node:fs/promises';
import type {FactName, NodeEvidence} from '../diagnose/facts.ts';
import type {NodeWay} from '../diagnose/node-shell.ts';
import type {Diagnosis} from '../diagnose/judge.ts';
import type {Snapshot} from '../diagnose/snapshot.ts';
import {DIAGNOSE_TIMEOUT_MS} from '../limits.ts';
import type {ReadKube} from '../read-kube.ts';
import {messageOf, UsageError} from '../usage.ts';
import {filled} from '../options/values.ts';
import {contextFlag, kubeconfigFlag, kubeconfigOf} from './kubeconfig.ts';

/** Whence a snapshot comes. */
export type Origin = {
	readonly kubeconfig?: string;
	readonly context?: string;
	readonly fromFile?: string;
	/** Look at the nodes through kube-proxy's pods. */
	readonly nodes?: boolean;
	/** A cluster of `vipcheck up`, whose nodes are entered. */
	readonly reuse?: string;
	/** A directory of what the collector script wrote. */
	readonly evidence?: string;
	/** Seconds. */
	readonly timeout: number;
};

const seconds = (text: string): number => {
	const value = Number(text);
	if (!(value >= 1 && value <= 3600)) throw new UsageError(`--timeout ${text}: use seconds from 1 to 3600`);
	return value;
};

/** Adds the flags that say which cluster is looked at, and how deep. */
export const evidenceFlags = (command: Command): Command =>
	command
		.addOption(kubeconfigFlag())
		.addOption(contextFlag())
		.addOption(new Option('--from-file <file>', 'a saved snapshot; no cluster is asked').argParser(filled('--from-file')))
		.option('--nodes', "look at the nodes too, by read-only commands in kube-proxy's pods (takes the right to create pods/exec)")
		.addOption(
			new Option('--evidence <dir>', 'what the script of `diagnose --print-collector` has collected on the nodes').argParser(
				filled('--evidence'),
			),
		)
		.addOption(
			new Option('--reuse <cluster>', 'a cluster of `vipcheck up` (id or directory), with its nodes').argParser(filled('--reuse')),
		)
		.addOption(
			new Option('--timeout <seconds>', 'what has not come by then stays unknown')
				.argParser(seconds)
				.default(DIAGNOSE_TIMEOUT_MS / 1000),
		);

/** kube-proxy's pods as places to look from. */
const throughPods = async (kube: ReadKube, kubeconfig: string, context: string | undefined): Promise<readonly NodeWay[]> => {
	const [{apiShell}, {gatherFacts}, {isKubeProxy}] = await Promise.all([
		import('../shell/api-shell.ts'),
		import('../diagnose/gather.ts'),
		import('../diagnose/views/proxy.ts'),
	]);
	if (!(await kube.may({verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'kube-system'})))
		throw new UsageError(
			'--nodes takes the right to create pods/exec in kube-system, which this user does not have: see --print-collector ' +
				'for another way',
		);
	const {pods} = await gatherFacts(kube, ['pods']);
	if (!pods?.ok) throw new UsageError(`--nodes: ${pods?.why ?? 'pods are not known'}`);
	const proxies = pods.value.filter(pod => isKubeProxy(pod) && pod.status?.phase === 'Running');
	if (proxies.length === 0)
		throw new UsageError('--nodes: no pod of kube-proxy is to be seen here: see --print-collector for another way');
	return proxies.map(({metadata, spec}) => ({
		name: spec?.nodeName ?? '',
		way: `exec into ${metadata?.name}`,
		shell: apiShell(
			kubeconfig,
			{namespace: metadata?.namespace ?? '', pod: metadata?.name ?? '', container: spec?.containers[0]?.name ?? ''},
			spec?.nodeName ?? '',
			{context},
		),
	}));
};

const withEvidence = (snapshot: Snapshot, evidence: Readonly<Record<string, NodeEvidence>> | undefined): Snapshot =>
	evidence === undefined
		? snapshot
		: {...snapshot, facts: {...snapshot.facts, nodeEvidence: {ok: true, value: evidence, source: 'the nodes'}}};

const refuseMixture = ({fromFile, kubeconfig, context, nodes, reuse}: Origin): void => {
	if (fromFile !== undefined && (kubeconfig ?? context ?? reuse ?? (nodes || undefined)) !== undefined)
		throw new UsageError('--from-file asks no cluster: leave --kubeconfig, --context, --nodes and --reuse out');
	if (reuse !== undefined && (kubeconfig !== undefined || nodes))
		throw new UsageError('--reuse has a kubeconfig and ways to its nodes: leave --kubeconfig and --nodes out');
};

/**
 * A saved snapshot, or one that is taken now, with what nodes said where that was asked for. Throws UsageError, in one line, when nothing
 * can be looked at.
 */
export const snapshotFor = async (origin: Origin, names: readonly FactName[], signal: AbortSignal): Promise<Snapshot> => {
	refuseMixture(origin);
	const {fromFile, context, nodes, reuse, evidence, timeout} = origin;
	const collected = evidence === undefined ? undefined : await (await import('../diagnose/collector.ts')).readCollected(evidence);
	if (fromFile !== undefined) return withEvidence(await (await import('../diagnose/snapshot.ts')).loadSnapshot(fromFile), collected);
	const cluster = reuse === undefined ? undefined : await (await import('../cluster/attach.ts')).attach(reuse);
	const kubeconfig = cluster?.kubeconfig ?? kubeconfigOf(origin.kubeconfig);
	const [{connectReadOnly}, {takeSnapshot}, {gatherEvidence}] = await Promise.all([
		import('../read-kube.ts'),
		import('../diagnose/run.ts'),
		import('../diagnose/node-shell.ts'),
	]);
	const kube = await connectReadOnly(kubeconfig, context);
	// Whole milliseconds: signals take no others.
	const timeoutMs = Math.round(timeout * 1000);
	const snapshot = await takeSnapshot(kube, names, {signal, timeoutMs});
	if (!cluster && !nodes) return withEvidence(snapshot, collected);
	const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
	if (!cluster) {
		const ways = await throughPods(kube.bound(signal), kubeconfig, context);
		return withEvidence(snapshot, {...(await gatherEvidence(ways, limit)), ...collected});
	}
	const shells = await (await import('../shell/shells.ts')).openShells(cluster);
	try {
		const ways = cluster.nodes.map(({name}) => ({name, way: 'entered', shell: shells.node(name)}));
		return withEvidence(snapshot, {...(await gatherEvidence(ways, limit)), ...collected});
	} finally {
		await shells.close();
	}
};

/** Writes a file that was asked for. Throws UsageError when it cannot be written. */
export const write = async (flag: string, path: string, text: string): Promise<void> => {
	try {
		await writeFile(path, text);
	} catch (cause) {
		throw new UsageError(`${flag} ${path}: ${messageOf(cause)}`, {cause});
	}
};

/** Writes the files that were asked for and says the rest. Throws UsageError for a file that cannot be written. */
export const present = async (
	diagnosis: Diagnosis,
	{
		json = false,
		junit,
		html,
	}: {
		readonly json?: boolean;
		readonly junit?: string;
		readonly html?: string;
	},
	say: (text: string) => void,
): Promise<void> => {
	if (junit !== undefined) await write('--junit', junit, (await import('../../reports/diagnose/junit.ts')).diagnosisJunit(diagnosis));
	if (html !== undefined) await write('--html', html, (await import('../../reports/diagnose/html.ts')).diagnosisHtml(diagnosis));
	if (json) say((await import('../../reports/diagnose/json.ts')).diagnosisJson(diagnosis).trimEnd());
	else say((await import('../../reports/diagnose/console.ts')).diagnosisText(diagnosis));
};
