import {randomBytes} from 'node:crypto';
import type {Kube} from '../kube.ts';
import {isNotFound} from '../kube-error.ts';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {openVantage} from '../probe/open.ts';
import type {Vantage} from '../probe/vantage.ts';
import {CLIENT_NAMESPACE, RUN_LABEL} from '../run/clients.ts';
import type {RunPlan} from '../run/run-plan.ts';
import {openShell} from '../shell/open.ts';
import {podShell} from '../shell/pod.ts';
import {TransportError} from '../shell/shell.ts';
import type {IpFamily} from '../target.ts';
import {autopsy} from './autopsy.ts';
import {changesOf} from './change/changes.ts';
import {familyOf} from './check-id.ts';
import {firstBroken} from './first-broken.ts';
import {ipFamilyOf} from './ip.ts';
import type {OpenTestbed} from './check-context.ts';
import {eventually} from './eventually.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Where Node is in the client image. */
const CLIENT_NODE = '/usr/local/bin/node';

const nodesOf = ({cluster}: RunPlan, family: IpFamily): readonly TestNode[] => cluster.nodes.map(node => {
	const ips = node.ips.filter(ip => ipFamilyOf(ip) === family);
	if (!ips[0]) throw new TransportError(`node ${node.name} has no ${family} address; it has ${node.ips.join(', ')}`);
	return {...node, ips, ip: ips[0], shell: openShell(node.access, node.name)};
});

const atLeastOne = (workers: readonly TestNode[]): Testbed['workers'] => {
	const [first, ...others] = workers;
	if (!first) throw new TransportError('the cluster has no worker');
	return [first, ...others];
};

const makeNamespace = async (kube: Kube, {runId}: RunPlan, id: string, signal: AbortSignal): Promise<string> => {
	const name = `vipcheck-${runId}-${id.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}-${randomBytes(2).toString('hex')}`.slice(0, 63);
	await kube.core.createNamespace({body: {metadata: {name, labels: {[RUN_LABEL]: runId}}}});
	await eventually(`namespace ${name} has its default ServiceAccount`, async () => {
		try {
			await kube.core.readNamespacedServiceAccount({namespace: name, name: 'default'});
			return {done: true, value: undefined};
		} catch (error) {
			if (!isNotFound(error)) throw error;
			return {done: false, observed: 'no ServiceAccount default: pods cannot be created'};
		}
	}, {timeoutMs: PODS_READY_TIMEOUT_MS, signal, onTimeout: 'broken'});
	return name;
};

const clientOn = async (kube: Kube, node: TestNode): Promise<Vantage> => {
	const {items} = await kube.core.listNamespacedPod({namespace: CLIENT_NAMESPACE, labelSelector: 'app=client', fieldSelector: `spec.nodeName=${node.name}`});
	const containerId = items.find(pod => pod.status?.phase === 'Running')?.status?.containerStatuses?.[0]?.containerID;
	if (containerId === undefined) throw new TransportError(`no client pod runs on ${node.name}`);
	return openVantage(await podShell(node.shell, {where: `a pod on ${node.name}`, containerId}), {nodePath: CLIENT_NODE});
};

/** Opens what is asked for once, and closes all of it. */
const places = () => {
	const open = new Map<string, Promise<Vantage>>();
	return {
		get: async (key: string, make: () => Promise<Vantage>): Promise<Vantage> => {
			const known = open.get(key) ?? make();
			open.set(key, known);
			return known;
		},
		close: async (): Promise<void> => {
			const settled = await Promise.allSettled(open.values());
			await Promise.all(settled.map(async result => (result.status === 'fulfilled' ? result.value.close() : undefined)));
		},
	};
};

/** Makes testbeds on one cluster: for each check a namespace of its own, and its own places to send from. */
export const testbedMaker = (plan: RunPlan, kube: Kube): OpenTestbed => async ({id, signal, recorder}) => {
	const {cluster, mode} = plan;
	const bound = kube.bound(signal);
	const family = familyOf(id);
	const nodes = nodesOf(plan, family);
	const node = (name: string): TestNode => {
		const found = nodes.find(one => one.name === name);
		if (!found) throw new TransportError(`the cluster has no node ${name}; it has ${nodes.map(one => one.name).join(', ')}`);
		return found;
	};
	const namespace = await makeNamespace(bound, plan, id, signal);
	const opened = places();
	const changes = changesOf(cluster.dir, id, {kube, shell: name => node(name).shell}, signal);
	const seen = new Map<string, string>();
	let asksDns = false;
	const notingLookups = (vantage: Vantage): Vantage => ({...vantage, lookup: async (...question) => {
		asksDns = true;
		return vantage.lookup(...question);
	}});
	const podPlace = (client: Kube) => async (name: string): Promise<Vantage> => opened.get(`pod ${name}`, async () => clientOn(client, node(name)));
	const nodePlace = async (name: string): Promise<Vantage> => opened.get(`node ${name}`, async () => openVantage(node(name).shell));
	const testbed: Testbed = {
		cluster, mode, family, namespace, kube: bound, signal, nodes, workers: atLeastOne(nodes.filter(({role}) => role === 'worker')),
		vantage: {
			pod: async name => notingLookups(await podPlace(bound)(name)),
			node: async name => notingLookups(await nodePlace(name)),
			outside: async () => opened.get('outside', async () => {
				if (!cluster.outside) throw new TransportError('the cluster has no host outside');
				return openVantage(openShell(cluster.outside.access, 'outside'));
			}),
		},
		change: async change => changes.make(change),
		sawProgrammed: (service, versions) => void seen.set(service, versions),
		...recorder,
	};
	return {
		testbed,
		autopsy: async () => autopsy({...testbed, kube}),
		firstBroken: async problem => firstBroken(recorder, {kube, namespace, family, nodes, seen, asksDns, suspected: problem.nodes ?? [], fromNode: nodePlace, fromPod: podPlace(kube)}),
		takeBack: async () => changes.takeAllBack(),
		close: async () => {
			await opened.close();
			await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
		},
	};
};
