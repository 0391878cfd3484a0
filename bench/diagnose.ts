/**
 * How long `vipcheck diagnose` takes on large clusters, and how much memory: an API server of this process serves made-up Services, slices
 * and pods page by page, another process diagnoses them. `node bench/diagnose.ts [services …]`, 1000 and 10000 unless told otherwise; five
 * endpoints each.
 */
import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {factsOf, judge} from '../lib/diagnose/judge.ts';
import {loadRules} from '../lib/diagnose/load.ts';
import {takeSnapshot} from '../lib/diagnose/run.ts';
import {connectReadOnly} from '../lib/read-kube.ts';

const ENDPOINTS = 5;
const NODES = 50;
const PER_NAMESPACE = 100;
const CHILD = '--child';

type Lists = Readonly<Record<string, readonly object[]>>;

const ip = (base: number, index: number): string => `${base}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

/** A healthy cluster of so many Services; every hundredth has a typing error in its selector. */
const listsOf = (count: number): Lists => {
	const made = '2026-01-01T00:00:00Z';
	const node = (index: number): string => `node-${index % NODES}`;
	const meta = (name: string, index: number, more: object = {}) => ({
		name,
		namespace: `ns-${Math.floor(index / PER_NAMESPACE)}`,
		creationTimestamp: made,
		...more,
	});
	const indices = Array.from({length: count}, (_, index) => index);
	const pods = indices.flatMap(index =>
		Array.from({length: ENDPOINTS}, (_, n) => ({
			metadata: meta(`app-${index}-${n}`, index, {
				labels: {app: `app-${index}`},
				managedFields: [{manager: 'kubelet', fieldsV1: {f: 'x'.repeat(800)}}],
			}),
			spec: {
				nodeName: node(index + n),
				containers: [
					{name: 'main', image: 'example/app:1', ports: [{name: 'http', containerPort: 8080}], env: [{name: 'A', value: 'b'}]},
				],
			},
			status: {
				phase: 'Running',
				podIP: ip(11, index * ENDPOINTS + n),
				podIPs: [{ip: ip(11, index * ENDPOINTS + n)}],
				startTime: made,
				conditions: [{type: 'Ready', status: 'True', lastTransitionTime: made}],
			},
		})),
	);
	const isWrong = (index: number): boolean => index % 100 === 99;
	return {
		'/api/v1/services': indices.map(index => ({
			metadata: meta(`app-${index}`, index),
			spec: {
				type: 'ClusterIP',
				clusterIP: ip(10, index + 1),
				clusterIPs: [ip(10, index + 1)],
				ipFamilies: ['IPv4'],
				selector: {app: isWrong(index) ? 'typo' : `app-${index}`},
				ports: [{name: 'http', port: 80, protocol: 'TCP', targetPort: 8080}],
			},
		})),
		'/apis/discovery.k8s.io/v1/endpointslices': indices.map(index => ({
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
						conditions: {ready: true},
						nodeName: node(index + n),
					})),
		})),
		'/api/v1/pods': pods,
		'/api/v1/nodes': Array.from({length: NODES}, (_, index) => ({
			metadata: {name: node(index)},
			spec: {podCIDRs: []},
			status: {
				addresses: [{type: 'InternalIP', address: ip(12, index + 1)}],
				conditions: [{type: 'Ready', status: 'True'}],
				nodeInfo: {kubeletVersion: 'v1.36.3'},
			},
		})),
	};
};

/** Serves lists in pages, as an API server does; what it does not know is 404. */
const serve = async (lists: Lists): Promise<{readonly url: string; close(): void}> => {
	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '/', 'http://there');
		const list = lists[url.pathname];
		if (!list) {
			response
				.writeHead(url.pathname === '/version' ? 200 : 404)
				.end(url.pathname === '/version' ? '{"gitVersion": "v1.36.3"}' : '{}');
			return;
		}
		const [from, limit] = [Number(url.searchParams.get('continue') ?? 0), Number(url.searchParams.get('limit') ?? list.length)];
		const next = from + limit < list.length ? `${from + limit}` : '';
		response.end(JSON.stringify({metadata: {resourceVersion: '1', continue: next}, items: list.slice(from, from + limit)}));
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return {url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, close: () => server.close()};
};

const child = async (kubeconfig: string): Promise<void> => {
	const started = performance.now();
	const rules = await loadRules();
	const snapshot = await takeSnapshot(await connectReadOnly(kubeconfig), factsOf(rules), {
		signal: AbortSignal.timeout(300_000),
		timeoutMs: 300_000,
	});
	const gathered = performance.now();
	const {findings} = judge(snapshot, rules);
	const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
	console.log(
		JSON.stringify({
			gatherMs: gathered - started,
			judgeMs: performance.now() - gathered,
			cpuMs: (userCPUTime + systemCPUTime) / 1000,
			mib: maxRSS / 1024,
			findings: findings.length,
		}),
	);
	process.exit(0);
};

const measure = async (count: number): Promise<void> => {
	const server = await serve(listsOf(count));
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-bench-'));
	try {
		const kubeconfig = join(dir, 'kubeconfig');
		await writeFile(
			kubeconfig,
			'{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: ' +
				`[{name: k, cluster: {insecure-skip-tls-verify: true, server: "${server.url}"}}], users: [{name: u, user: {}}]}`,
		);
		const {stdout} = await promisify(execFile)(process.execPath, [import.meta.filename, CHILD, kubeconfig]);
		const {gatherMs, judgeMs, cpuMs, mib, findings} = JSON.parse(stdout) as Record<
			'gatherMs' | 'judgeMs' | 'cpuMs' | 'mib' | 'findings',
			number
		>;
		const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(8);
		console.log(
			`${count}`.padStart(9) +
				`${count * ENDPOINTS}`.padStart(11) +
				[gatherMs, judgeMs, cpuMs].map(seconds).join('') +
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
	console.log(' services  endpoints gather s judge s   cpu s     MiB  findings');
	for (const count of [first ?? '1000', second ?? '10000', ...more]) await measure(Number(count));
	process.exit(0);
}
