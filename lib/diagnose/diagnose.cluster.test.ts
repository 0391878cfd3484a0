import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {KubernetesObject} from '@kubernetes/client-node';
import test from 'ava';
import {execa} from 'execa';
import {parse, parseAllDocuments, stringify} from 'yaml';
import {connect} from '../kube.ts';
import {PROJECT} from '../paths.ts';
import {connectReadOnly} from '../read-kube.ts';
import {REVIEW_PATH} from '../read-only.ts';
import {openShells} from '../shell/shells.ts';
import {succeed} from '../shell/succeed.ts';
import type {ClusterRef} from '../target.ts';
import {UsageError} from '../usage.ts';
import {injuries, NAMESPACE, wellPods} from './fixtures/injuries.ts';
import {recordingProxy} from './fixtures/recording-proxy.ts';
import {factsOf, judge, type Diagnosis} from './judge.ts';
import {loadRules} from './load.ts';
import {clusterRole} from './role.ts';
import {takeSnapshot} from './run.ts';
import type {Snapshot} from './snapshot.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const rules = await loadRules();
const kube = await connect(cluster.kubeconfig);
const scratch = await mkdtemp(join(tmpdir(), 'vipcheck-diagnose-'));
test.after.always(() => rm(scratch, {recursive: true}));

const snapshotOf = async (kubeconfig: string): Promise<Snapshot> =>
	takeSnapshot(await connectReadOnly(kubeconfig), factsOf(rules), {signal: AbortSignal.timeout(120_000)});

/** Ten minutes later: what is only pending at first would be told then. */
const later = (snapshot: Snapshot): Diagnosis =>
	judge({...snapshot, takenAt: new Date(Date.parse(snapshot.takenAt) + 600_000).toISOString()}, rules);

/** Through a proxy that writes down all that is asked of the API server. */
const recorded = async (token?: string): Promise<{readonly snapshot: Snapshot; readonly calls: readonly string[]}> => {
	const proxy = await recordingProxy(cluster.kubeconfig, token);
	try {
		const path = join(scratch, `kubeconfig-${token === undefined ? 'own' : 'token'}`);
		await writeFile(path, proxy.kubeconfig);
		return {snapshot: await snapshotOf(path), calls: proxy.calls};
	} finally {
		proxy.close();
	}
};

test.serial('a healthy cluster has no error, and the API server is asked to read alone', async t => {
	const {snapshot, calls} = await recorded();
	t.true(calls.length > 15);
	t.deepEqual(
		calls.filter(call => !call.startsWith('GET ') && call !== `POST ${REVIEW_PATH}`),
		[],
	);
	t.false(calls.some(call => call.includes('/secrets')));
	const {findings, rules: outcomes} = judge(snapshot, rules);
	t.deepEqual(
		findings.filter(({severity}) => severity === 'error').map(({rule, summary}) => `${rule}: ${summary}`),
		[],
	);
	t.deepEqual(
		outcomes.flatMap(one => (one.outcome === 'unknown' && !one.optional ? [`${one.id}: ${one.why}`] : [])),
		[],
	);
});

const tokenOf = async (namespace: string, name: string): Promise<string> =>
	(
		await kube.core.createNamespacedServiceAccountToken({
			namespace,
			name,
			body: {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {audiences: [], expirationSeconds: 600}},
		})
	).status?.token ?? '';

test.serial('the shipped ClusterRole is enough; without it nothing can be looked at, in one line', async t => {
	const objects = parseAllDocuments(clusterRole()).map(document => document.toJS() as KubernetesObject);
	for (const object of objects) await kube.apply(object);
	await kube.apply({apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'vipcheck-nobody', namespace: 'vipcheck'}});
	try {
		const {snapshot} = await recorded(await tokenOf('vipcheck', 'vipcheck-diagnose'));
		t.deepEqual(
			judge(snapshot, rules).rules.flatMap(one => (one.outcome === 'unknown' && !one.optional ? [`${one.id}: ${one.why}`] : [])),
			[],
		);
		await t.throwsAsync(recorded(await tokenOf('vipcheck', 'vipcheck-nobody')), {
			instanceOf: UsageError,
			message: /may not list Services \(403\)/,
		});
	} finally {
		for (const object of objects.toReversed()) await kube.remove(object);
	}
});

test.serial('each injury is told, and its true cause first', async t => {
	const workers = cluster.nodes.filter(({role}) => role === 'worker').map(({name}) => name);
	const [nodes, services] = [(await kube.core.listNode()).items, (await kube.core.listServiceForAllNamespaces()).items];
	const network = nodes.find(({metadata}) => metadata?.name === workers[0])?.spec?.podCIDR ?? '';
	const all = injuries({
		image: cluster.images.agnhost,
		nodes: workers,
		dns: services.find(({metadata}) => metadata?.name === 'kube-dns')?.spec?.clusterIP ?? '',
		stale: network.replace(/\.\d+\/\d+$/, '.250'),
	});
	t.true(all.length >= 25);
	await kube.apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: NAMESPACE}});
	try {
		for (const object of wellPods(cluster.images.agnhost, workers[0] ?? '')) await kube.apply(object);
		for (const {objects} of all) for (const object of objects) await kube.apply(object);
		for (const {objects, balancerIp} of all)
			if (balancerIp !== undefined)
				await kube.core.patchNamespacedServiceStatus({
					namespace: NAMESPACE,
					name: objects[0]?.metadata?.name ?? '',
					body: [{op: 'add', path: '/status/loadBalancer', value: {ingress: [{ip: balancerIp}]}}],
				});
		const wrong = (diagnosis: Diagnosis): readonly string[] =>
			all.flatMap(({what, rule, about}) => {
				const [first] = diagnosis.findings.filter(finding => finding.about === about);
				return first?.rule === rule
					? []
					: [`${what}: ${rule} expected of ${about}, first is ${first ? `${first.rule} (${first.summary})` : 'nothing'}`];
			});
		// Pods need time to start, or to show that they do not.
		let left: readonly string[] = [];
		for (const until = Date.now() + 240_000; Date.now() < until; await pause(3000)) {
			left = wrong(later(await snapshotOf(cluster.kubeconfig)));
			if (left.length === 0) break;
		}
		t.deepEqual(left, []);
	} finally {
		await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: NAMESPACE}});
	}
});

const shells = await openShells(cluster);
const api = shells.at({kind: 'nsenter', pidFile: join(cluster.dir, 'machines/api/pid')}, 'api');
test.after.always(async () => shells.close());

type AuditEvent = {
	readonly verb: string;
	readonly requestURI: string;
	readonly user: {readonly username: string};
	readonly objectRef?: {
		readonly resource?: string;
		readonly apiGroup?: string;
		readonly subresource?: string;
	};
	readonly responseStatus?: {readonly code?: number};
};

const ACCOUNT = 'system:serviceaccount:vipcheck:vipcheck-diagnose';

/** What the API server wrote down of an account since its log had so many lines. */
const eventsOf = async (account: string, since: number): Promise<readonly AuditEvent[]> =>
	(await succeed(api, ['tail', '-n', `+${since + 1}`, '/var/log/kubernetes/audit.log']))
		.split('\n')
		.filter(Boolean)
		.map(line => JSON.parse(line) as AuditEvent)
		.filter(({user}) => user.username === account);

/** A kubeconfig that holds this token and nothing of the administrator's. */
const kubeconfigWith = async (token: string): Promise<string> => {
	const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as {users: {name: string; user: unknown}[]};
	const path = join(scratch, 'kubeconfig');
	await writeFile(path, stringify({...config, users: config.users.map(({name}) => ({name, user: {token}}))}));
	return path;
};

test.serial('a whole diagnose is, to the API server, get, list, watch and reviews of its own rights, with the shipped role', async t => {
	const objects = parseAllDocuments(clusterRole()).map(document => document.toJS() as KubernetesObject);
	for (const object of objects) await kube.apply(object);
	try {
		const token = await kube.core.createNamespacedServiceAccountToken({
			namespace: 'vipcheck',
			name: 'vipcheck-diagnose',
			body: {apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {audiences: [], expirationSeconds: 600}},
		});
		const since = Number((await succeed(api, ['wc', '-l', '/var/log/kubernetes/audit.log'])).split(' ')[0]);
		const kubeconfig = await kubeconfigWith(token.status?.token ?? '');
		const run = await execa(join(PROJECT, 'vipcheck'), ['diagnose', '--kubeconfig', kubeconfig], {reject: false});
		t.true([0, 1].includes(run.exitCode ?? -1), run.stderr);
		const events = await eventsOf(ACCOUNT, since);
		t.true(events.length > 15);
		const beyondReading = events.filter(
			({verb, objectRef}) =>
				!['get', 'list', 'watch'].includes(verb) && !(verb === 'create' && objectRef?.resource === 'selfsubjectaccessreviews'),
		);
		t.deepEqual(
			beyondReading.map(({verb, requestURI}) => `${verb} ${requestURI}`),
			[],
		);
		t.deepEqual(
			events.filter(({objectRef}) => objectRef?.resource === 'secrets').map(({requestURI}) => requestURI),
			[],
		);
		// What the role lacks would be told here.
		t.deepEqual(
			events.filter(({responseStatus}) => responseStatus?.code === 403).map(({requestURI}) => requestURI),
			[],
		);
	} finally {
		for (const object of objects.toReversed()) await kube.remove(object);
	}
});
