import {randomBytes} from 'node:crypto';
import type {Kube} from '../kube.ts';
import {isNotFound} from '../kube-error.ts';
import {ANSWER_TIMEOUT_MS, DIAL_TIMEOUT_MS, DNS_TIMEOUT_MS, PODS_READY_TIMEOUT_MS, patienceWith} from '../limits.ts';
import {TRAITS} from '../model/modes/traits.ts';
import {openVantage, type OpenedVantage} from '../probe/open.ts';
import type {Vantage} from '../probe/vantage.ts';
import {CLIENT_CONTAINER, CLIENT_NAMESPACE, RUN_LABEL} from './clients.ts';
import type {RunPlan} from '../record/run-plan.ts';
import type {PodRef as PodPlace} from '../shell/pods/in-pod.ts';
import type {Shells} from '../shell/shells.ts';
import {TransportError, type Shell} from '../shell/shell.ts';
import {contractMode, type IpFamily} from '../target.ts';
import {autopsy} from './autopsy.ts';
import {changesOf} from '../change/changes.ts';
import {outsideRoutes} from '../change/outside-routes.ts';
import {familyOf} from '../check-id.ts';
import {firstBroken} from './first-broken.ts';
import {leaseOf} from './leases.ts';
import {createPlaces, type Places} from './places.ts';
import {ipFamilyOf} from '../ip.ts';
import type {OpenTestbed, PodRef, TestNode, Testbed, Testbeds} from './testbed.ts';
import {createStopwatch} from './stopwatch.ts';
import {eventually} from '../wait/eventually.ts';

/** Where Node is in the client image. */
const CLIENT_NODE = '/usr/local/bin/node';

const nodesOf = ({cluster}: RunPlan, shells: Shells, family: IpFamily): readonly TestNode[] =>
	cluster.nodes.map(node => {
		const ips = node.ips.filter(ip => ipFamilyOf(ip) === family);
		if (!ips[0]) throw new TransportError(`node ${node.name} has no ${family} address; it has ${node.ips.join(', ')}`);
		return {...node, ips, ip: ips[0], shell: shells.node(node.name)};
	});

const atLeastOne = (workers: readonly TestNode[]): Testbed['workers'] => {
	const [first, ...others] = workers;
	if (!first) throw new TransportError('the cluster has no worker');
	return [first, ...others];
};

const makeNamespace = async (kube: Kube, {runId}: RunPlan, id: string, signal: AbortSignal): Promise<string> => {
	const name = `vipcheck-${runId}-${id.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}-${randomBytes(2).toString('hex')}`.slice(0, 63);
	await kube.core.createNamespace({body: {metadata: {name, labels: {[RUN_LABEL]: runId}}}});
	await eventually(
		`namespace ${name} has its default ServiceAccount`,
		async () => {
			try {
				await kube.core.readNamespacedServiceAccount({namespace: name, name: 'default'});
				return {done: true, value: undefined};
			} catch (error) {
				if (!isNotFound(error)) throw error;
				return {done: false, observed: 'no ServiceAccount default: pods cannot be created'};
			}
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);
	return name;
};

/** The client pod of a node, as a place. */
const clientOn = async (kube: Kube, node: string): Promise<PodPlace> => {
	const {items} = await kube.core.listNamespacedPod({
		namespace: CLIENT_NAMESPACE,
		labelSelector: 'app=client',
		fieldSelector: `spec.nodeName=${node}`,
	});
	const running = items.find(pod => pod.status?.phase === 'Running');
	const {name: container = '', containerID: containerId} = running?.status?.containerStatuses?.[0] ?? {};
	if (containerId === undefined) throw new TransportError(`no client pod runs on ${node}`);
	return {where: `a pod on ${node}`, namespace: CLIENT_NAMESPACE, pod: running?.metadata?.name ?? '', container, containerId, node};
};

/** Makes testbeds on one cluster: for each check a namespace of its own; they share the places to send from, which `close` ends. */
export const testbedMaker = (plan: RunPlan, kube: Kube, shells: Shells): Testbeds => {
	const places = createPlaces();
	return {open: openerOf(plan, kube, shells, places), close: async () => places.close()};
};

/** A check's own pod, as a place. */
const insideOf = async (kube: Kube, namespace: string, {name, node}: PodRef): Promise<PodPlace> => {
	const {status} = await kube.core.readNamespacedPod({namespace, name});
	const containerId = status?.containerStatuses?.find(container => container.name === CLIENT_CONTAINER)?.containerID;
	if (containerId === undefined)
		throw new TransportError(`pod ${name} has no running container ${CLIENT_CONTAINER}: it was not made with \`client: true\``);
	return {where: `pod ${name}`, namespace, pod: name, container: CLIENT_CONTAINER, containerId, node};
};

const openerOf =
	(plan: RunPlan, kube: Kube, shells: Shells, opened: Places): OpenTestbed =>
	async ({id, signal, recorder, spent}) => {
		const {cluster, mode} = plan;
		const bound = kube.bound(signal);
		const family = familyOf(id);
		const plainNodes = nodesOf(plan, shells, family);
		const node = (name: string): TestNode => {
			const found = plainNodes.find(one => one.name === name);
			if (!found) throw new TransportError(`the cluster has no node ${name}; it has ${plainNodes.map(one => one.name).join(', ')}`);
			return found;
		};
		const namespace = await makeNamespace(bound, plan, id, signal);
		// Its own pods end with the check, and so do the places in them.
		const ownPlaces = createPlaces();
		const changes = changesOf(cluster.dir, id, {kube, shells}, signal);
		const seen = new Map<string, string>();
		const watch = createStopwatch();
		let asksDns = false;
		const asksApart = TRAITS[contractMode(mode)].claimsDirectAnswers;
		const patience = patienceWith(cluster.target.nodeKernel);
		const nodes = plainNodes.map(one => ({
			...one,
			shell: {
				...one.shell,
				run: async (...command: Parameters<Shell['run']>) => watch.spend('looks', async () => one.shell.run(...command)),
			},
		}));
		const noted = (vantage: Vantage): Vantage => ({
			...vantage,
			// A datagram says nothing until it is answered: how busy the far node is counts for it, as it does for an answer over TCP.
			dial: async (to, options) => {
				const isUdp = to.protocol === 'UDP';
				const slow = isUdp ? {timeoutMs: DIAL_TIMEOUT_MS * patience} : {answerMs: ANSWER_TIMEOUT_MS * patience};
				const task = patience > 1 && options.timeoutMs === undefined ? {...slow, ...options} : options;
				return watch.spend('probes', async () => vantage.dial(to, task));
			},
			lookup: async (name, type, options) => {
				asksDns = true;
				const question = {timeoutMs: DNS_TIMEOUT_MS * patience, ...options};
				return watch.spend('probes', async () => vantage.lookup(name, type, question));
			},
			resolve: async (...question) => {
				asksDns = true;
				return watch.spend('probes', async () => vantage.resolve(...question));
			},
		});
		const openIn = async (place: PodPlace): Promise<OpenedVantage> =>
			openVantage(await shells.pod(place), {asksApart, nodePath: CLIENT_NODE});
		// Not with this check's signal: others use the place after it.
		const podPlace = async (name: string): Promise<Vantage> =>
			opened.get(`pod ${name}`, async () => openIn(await clientOn(kube, node(name).name)));
		const nodePlace = async (name: string): Promise<Vantage> =>
			opened.get(`node ${name}`, async () => openVantage(node(name).shell, {asksApart}));
		const testbed: Testbed = {
			cluster,
			mode: contractMode(mode),
			family,
			namespace,
			kube: bound,
			signal,
			nodes,
			workers: atLeastOne(nodes.filter(({role}) => role === 'worker')),
			...(cluster.outside && {outside: {...cluster.outside, shell: shells.outside()}}),
			vantage: {
				pod: async name => noted(await podPlace(name)),
				node: async name => noted(await nodePlace(name)),
				outside: async () => noted(await opened.get('outside', async () => openVantage(shells.outside()))),
				inside: async pod => noted(await ownPlaces.get(pod.name, async () => openIn(await insideOf(bound, namespace, pod)))),
			},
			change: async change => changes.make(change),
			async routeOutside(via) {
				if (!cluster.outside) throw new TransportError('the cluster has no host outside');
				return changes.make(outsideRoutes(cluster.outside, new Map([...via].map(([ip, {ip: node}]) => [ip, node]))));
			},
			lease: async (what, count) => leaseOf(bound, {what, count, family, runId: plan.runId, namespace}),
			spend: watch.spend,
			sawProgrammed: (service, versions) => void seen.set(service, versions),
			...recorder,
		};
		return {
			testbed,
			autopsy: async () => autopsy({...testbed, kube}),
			firstBroken: async problem =>
				firstBroken(recorder, {
					kube,
					namespace,
					family,
					nodes,
					seen,
					asksDns,
					patience,
					suspected: problem.nodes ?? [],
					fromNode: nodePlace,
					fromPod: podPlace,
				}),
			takeBack: async () => changes.takeAllBack(),
			close: async () => {
				for (const [on, ms] of watch.sums()) spent?.(on, ms);
				await ownPlaces.close();
				await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
			},
		};
	};
