/**
 * How long `vipcheck diagnose` takes on large clusters, and how much memory: an API server of this process serves made-up Services, slices
 * and pods page by page, another process diagnoses them; its start counts (`whole`).
 * `node bench/diagnose.ts [services …]`, 1000 and 10000 unless told otherwise; five endpoints each.
 */
import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {apiServer, contentsOf, type Contents} from '../lib/diagnose/fixtures/api-server.ts';
import {factsOf, judge} from '../lib/diagnose/judge.ts';
import {loadRules} from '../lib/diagnose/load.ts';
import {takeSnapshot} from '../lib/diagnose/run.ts';
import {SOURCES} from '../lib/diagnose/sources.ts';
import {connectReadOnly} from '../lib/read-kube.ts';
import {diagnosisText} from '../reports/diagnose/console.ts';

const ENDPOINTS = 5;
const NODES = 50;
const PER_NAMESPACE = 100;
const CHILD = '--child';

const ip = (base: number, index: number): string => `${base}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

/** What makes an object of a real cluster large and says nothing about Services. */
const BULK = Array.from({length: 20}, (_, index) => ({name: `SETTING_${index}`, value: 'x'.repeat(60)}));

/**
 * A healthy cluster of so many Services, as an API server holds it; every hundredth has a typing error in its selector. A tenth have node
 * ports, a twentieth load balancers, every namespace has a policy.
 */
const clusterOf = (count: number): Contents => {
	const made = '2026-01-01T00:00:00Z';
	const node = (index: number): string => `node-${index % NODES}`;
	const meta = (name: string, index: number, more: object = {}) => ({
		name,
		namespace: `ns-${Math.floor(index / PER_NAMESPACE)}`,
		uid: `${name}-uid`,
		resourceVersion: `${index}`,
		creationTimestamp: made,
		managedFields: [{manager: 'kube-controller-manager', fieldsV1: {f: 'x'.repeat(800)}}],
		...more,
	});
	const indices = Array.from({length: count}, (_, index) => index);
	const pods = indices.flatMap(index =>
		Array.from({length: ENDPOINTS}, (_, n) => ({
			metadata: meta(`app-${index}-${n}`, index, {labels: {app: `app-${index}`}}),
			spec: {
				nodeName: node(index + n),
				containers: [{name: 'main', image: 'example/app:1', ports: [{name: 'http', containerPort: 8080}], env: BULK}],
				tolerations: [{key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300}],
				volumes: [{name: 'kube-api-access', projected: {sources: BULK}}],
			},
			status: {
				phase: 'Running',
				podIP: ip(11, index * ENDPOINTS + n),
				podIPs: [{ip: ip(11, index * ENDPOINTS + n)}],
				startTime: made,
				conditions: [{type: 'Ready', status: 'True', lastTransitionTime: made}],
				containerStatuses: [
					{name: 'main', ready: true, restartCount: 0, image: 'example/app:1', state: {running: {startedAt: made}}},
				],
			},
		})),
	);
	const isWrong = (index: number): boolean => index % 100 === 99;
	const typeOf = (index: number): object =>
		index % 20 === 1
			? {type: 'LoadBalancer', externalTrafficPolicy: 'Cluster'}
			: index % 10 === 2 && index < 2000 * 10
				? {type: 'NodePort', externalTrafficPolicy: 'Cluster'}
				: {type: 'ClusterIP'};
	const nodePortOf = (index: number): object => (index % 10 === 2 && index < 2000 * 10 ? {nodePort: 30_000 + index / 10 - 0.2} : {});
	const healthy = contentsOf();
	const withHealthy = (path: string, more: readonly object[]): Contents => ({[path]: [...(healthy[path] as readonly object[]), ...more]});
	return {
		...healthy,
		...withHealthy(
			SOURCES.services.path,
			indices.map(index => ({
				metadata: meta(`app-${index}`, index),
				spec: {
					...typeOf(index),
					clusterIP: ip(10, 96 * 2 ** 16 + index + 256),
					clusterIPs: [ip(10, 96 * 2 ** 16 + index + 256)],
					ipFamilies: ['IPv4'],
					selector: {app: isWrong(index) ? 'typo' : `app-${index}`},
					ports: [{name: 'http', port: 80, protocol: 'TCP', targetPort: 8080, ...nodePortOf(index)}],
				},
				status: {loadBalancer: index % 20 === 1 ? {ingress: [{ip: ip(198, 18 * 2 ** 16 + index)}]} : {}},
			})),
		),
		...withHealthy(
			SOURCES.slices.path,
			indices.map(index => ({
				metadata: meta(`app-${index}-x`, index, {
					labels: {
						'kubernetes.io/service-name': `app-${index}`,
						'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
					},
				}),
				addressType: 'IPv4',
				ports: [{name: 'http', port: 8080, protocol: 'TCP'}],
				endpoints: isWrong(index)
					? []
					: Array.from({length: ENDPOINTS}, (_, n) => ({
							addresses: [ip(11, index * ENDPOINTS + n)],
							conditions: {ready: true, serving: true, terminating: false},
							nodeName: node(index + n),
							targetRef: {kind: 'Pod', namespace: `ns-${Math.floor(index / PER_NAMESPACE)}`, name: `app-${index}-${n}`},
						})),
			})),
		),
		...withHealthy(SOURCES.pods.path, pods),
		...withHealthy(
			SOURCES.nodes.path,
			Array.from({length: NODES}, (_, index) => ({
				metadata: {name: node(index)},
				spec: {podCIDRs: []},
				status: {
					addresses: [{type: 'InternalIP', address: ip(12, index + 1)}],
					conditions: [{type: 'Ready', status: 'True'}],
					nodeInfo: {kubeletVersion: 'v1.36.3'},
				},
			})),
		),
		...withHealthy(
			SOURCES.networkPolicies.path,
			Array.from({length: Math.ceil(count / PER_NAMESPACE)}, (_, index) => ({
				metadata: {name: 'web', namespace: `ns-${index}`},
				spec: {podSelector: {}, policyTypes: ['Ingress'], ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 8080}]}]},
			})),
		),
	};
};

const child = async (kubeconfig: string): Promise<void> => {
	const started = performance.now();
	const rules = await loadRules();
	const snapshot = await takeSnapshot(await connectReadOnly(kubeconfig), factsOf(rules), {
		signal: AbortSignal.timeout(300_000),
		timeoutMs: 300_000,
	});
	const gathered = performance.now();
	const diagnosis = judge(snapshot, rules);
	diagnosisText(diagnosis);
	const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
	console.log(
		JSON.stringify({
			gatherMs: gathered - started,
			judgeMs: performance.now() - gathered,
			cpuMs: (userCPUTime + systemCPUTime) / 1000,
			mib: maxRSS / 1024,
			findings: diagnosis.findings.length,
		}),
	);
	process.exit(0);
};

const measure = async (count: number): Promise<void> => {
	const server = await apiServer(clusterOf(count));
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-bench-'));
	try {
		const kubeconfig = join(dir, 'kubeconfig');
		await writeFile(kubeconfig, server.kubeconfig);
		const started = performance.now();
		const {stdout} = await promisify(execFile)(process.execPath, [import.meta.filename, CHILD, kubeconfig]);
		const wholeMs = performance.now() - started;
		const {gatherMs, judgeMs, cpuMs, mib, findings} = JSON.parse(stdout) as Record<
			'gatherMs' | 'judgeMs' | 'cpuMs' | 'mib' | 'findings',
			number
		>;
		const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(8);
		console.log(
			`${count}`.padStart(9) +
				`${count * ENDPOINTS}`.padStart(11) +
				[gatherMs, judgeMs, wholeMs, cpuMs].map(seconds).join('') +
				mib.toFixed(0).padStart(8) +
				`${findings}`.padStart(10),
		);
	} finally {
		server.close();
		await rm(dir, {recursive: true});
	}
};

const [first, second, ...more] = process.argv.slice(2);
if (first === CHILD) await child(second ?? '');
else {
	console.log(' services  endpoints gather s judge s whole s   cpu s     MiB  findings');
	for (const count of [first ?? '1000', second ?? '10000', ...more]) await measure(Number(count));
	process.exit(0);
}
