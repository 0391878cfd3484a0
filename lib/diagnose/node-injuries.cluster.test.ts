import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {KubernetesObject} from '@kubernetes/client-node';
import test from 'ava';
import {connect} from '../kube.ts';
import {DIAGNOSE_TIMEOUT_MS, PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod} from '../model/pods.ts';
import {connectReadOnly} from '../read-kube.ts';
import {openShells} from '../shell/shells.ts';
import {succeed} from '../shell/succeed.ts';
import type {ClusterRef} from '../target.ts';
import {eventually} from '../wait/eventually.ts';
import {NODE_INJURIES} from './fixtures/node-injuries.ts';
import {factsOf, judge, type RankedFinding} from './judge.ts';
import {loadRules} from './load.ts';
import {gatherEvidence} from './node-shell.ts';
import {takeSnapshot} from './run.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const kube = await connect(cluster.kubeconfig);
const shells = await openShells(cluster);
const {mode} = cluster.target;
const [first, worker] = cluster.nodes.filter(({role}) => role === 'worker').map(({name}) => name) as [string, string];
const node = shells.node(worker);
const namespace = 'diagnose-node-injuries';
const labels = {app: 'web'};
const {signal} = new AbortController();

type Found = Pick<RankedFinding, 'rule' | 'about' | 'summary'>;

const rules = await loadRules();
const reading = await connectReadOnly(cluster.kubeconfig);
const ways = [first, worker].map(name => ({name, way: 'entered', shell: shells.node(name)}));

/** What diagnose says of the cluster and of two of its nodes, the worst first. */
const diagnosed = async (): Promise<readonly Found[]> => {
	const limit = AbortSignal.timeout(DIAGNOSE_TIMEOUT_MS);
	const snapshot = await takeSnapshot(reading, factsOf(rules), {signal: limit});
	const value = await gatherEvidence(ways, limit);
	return judge({...snapshot, facts: {...snapshot.facts, nodeEvidence: {ok: true, value, source: 'the nodes'}}}, rules).findings;
};
const keyOf = ({rule, about, summary}: Found): string => `${rule} ${about} ${rule.startsWith('node-') ? summary : ''}`;

/** A Service with a node port and TCP and UDP, whose pods run on two workers, in the rules of the node. */
const made = async (): Promise<Readonly<Record<string, string>>> => {
	const image = cluster.images.agnhost;
	await kube.apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
	for (const [name, on] of [
		['web-1', first],
		['web-2', worker],
	] as const)
		await kube.apply({
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: {name, namespace, labels},
			spec: {
				nodeSelector: {'kubernetes.io/hostname': on},
				terminationGracePeriodSeconds: 1,
				containers: [{name: 'main', image, imagePullPolicy: 'Never', args: ['netexec', '--http-port=8080', '--udp-port=8081']}],
			},
		} as KubernetesObject);
	await kube.apply({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name: 'web', namespace},
		spec: {
			type: 'NodePort',
			selector: labels,
			ports: [
				{name: 'http', port: 80, targetPort: 8080, protocol: 'TCP'},
				{name: 'dgram', port: 81, targetPort: 8081, protocol: 'UDP'},
			],
		},
	} as KubernetesObject);
	const pods = await eventually(
		'both pods are ready',
		async () => {
			const {items} = await kube.core.listNamespacedPod({namespace});
			return items.every(isReadyPod) ? {done: true, value: items} : {done: false, observed: 'not ready'};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal},
	);
	const {spec} = await kube.core.readNamespacedService({namespace, name: 'web'});
	return {
		service: `${namespace}/web`,
		vip: spec?.clusterIP ?? '',
		nodeport: String(spec?.ports?.[0]?.nodePort),
		pod: pods[0]?.status?.podIP ?? '',
		table: '/run/diagnose-kept',
	};
};

test('each injury of a node is told, and its true cause first of all that is new', async t => {
	t.timeout(600_000);
	const env = await made();
	try {
		const before = await eventually(
			'nothing is wrong before',
			async () => {
				const found = await diagnosed();
				const wrong = found.filter(({rule}) => rule.startsWith('node-rules') || rule.startsWith('node-firewall'));
				return wrong.length === 0 ? {done: true, value: found} : {done: false, observed: wrong.map(keyOf).join('\n')};
			},
			{timeoutMs: 60_000, signal},
		);
		const known = new Set(before.map(keyOf));
		const injuries = NODE_INJURIES.filter(({modes}) => !modes || modes.some(one => one === mode));
		t.true(injuries.length >= 15);
		const wrong: string[] = [];
		for (const {what, rule, make, mend} of injuries) {
			await succeed(node, ['sh', '-c', make], {env});
			try {
				const first = async (): Promise<Found | undefined> => (await diagnosed()).find(one => !known.has(keyOf(one)));
				let found = await first();
				// kube-proxy of ipvs puts its rules right every 30 s (syncPeriod), injured or not: it may have done so meanwhile.
				if (!found && mode === 'ipvs') {
					await succeed(node, ['sh', '-c', make], {env});
					found = await first();
				}
				if (found?.rule !== rule || !keyOf(found).includes(worker))
					wrong.push(`${what}: ${rule} of ${worker} expected, first is ${found ? keyOf(found) : 'nothing'}`);
			} finally {
				await succeed(node, ['sh', '-c', mend], {env});
			}
		}
		t.deepEqual(wrong, []);
	} finally {
		await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
		await shells.close();
	}
});
