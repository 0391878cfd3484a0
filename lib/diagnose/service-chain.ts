import type {V1Pod, V1Service} from '@kubernetes/client-node';
import {chainOf, type Chain, type Hop, type HopState} from '../chain/chain.ts';
import {canonicalIp, hostPort} from '../model/address.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import type {Verdict} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import type {Layer} from '../record/events.ts';
import {UsageError} from '../usage.ts';
import type {FactValues} from './facts.ts';
import type {Diagnosis, RankedFinding} from './judge.ts';
import type {Rule} from './rule.ts';
import type {Snapshot} from './snapshot.ts';
import {allEndpoints} from './views/endpoints.ts';
import {podsOf} from './views/pods.ts';
import {aboutPod, aboutService, counted, fullName, labelsText, someOf} from './views/objects.ts';
import {stateFrom} from './views/nodes.ts';

/** Steps of the way of a packet from its client, with the layers whose rules speak of them. */
const HOPS: readonly {readonly name: string; readonly layers: readonly [Layer, ...Layer[]]}[] = [
	{name: 'the name resolves', layers: ['dns']},
	{name: 'the Service is there and has an address', layers: ['api']},
	{name: 'its endpoints are those that it asks for', layers: ['endpoints']},
	{name: 'its pods are ready', layers: ['backend']},
	{name: 'kube-proxy follows the API where the client is', layers: ['kube-proxy']},
	{name: 'the rules lead to an endpoint', layers: ['rules', 'conntrack', 'sysctl']},
	{name: 'policies and firewalls let the packet pass', layers: ['policy', 'host-firewall']},
	{name: 'the network carries it between nodes', layers: ['cni', 'link']},
	{name: 'what comes from outside is announced and let in', layers: ['lb']},
];

/** Objects that all Services share. */
const SHARED = [
	'the cluster',
	'Service kube-system/kube-dns',
	'Service default/kubernetes',
	'ConfigMap kube-system/coredns',
	'ConfigMap kube-system/kube-proxy',
	'DaemonSet kube-system/kube-proxy',
];

const valueOf = <Name extends keyof FactValues>({facts}: Snapshot, name: Name): FactValues[Name] | undefined => {
	const fact = facts[name];
	return fact?.ok ? (fact.value as FactValues[Name]) : undefined;
};

/** `shop/web` taken apart. Throws UsageError for what is none. */
export const splitName = (text: string, what: string): {readonly namespace: string; readonly name: string} => {
	const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
	if (namespace === undefined || name === undefined) throw new UsageError(`${what} ${text}: write it as NAMESPACE/NAME`);
	return {namespace, name};
};

const saidOf = (verdict: Verdict): string =>
	verdict.kind === 'backends'
		? `${verdict.backends.map(({ip, port, probability}) => `${hostPort(ip, port)} (${Math.round(probability * 100)} %)`).join(', ')}`
		: `${verdict.kind}: ${verdict.because}`;

type Client = {
	readonly node: string;
	readonly ip: string;
	readonly name: string;
};

/** Whose packets are followed: the pod that was named, otherwise one on each node. */
const clientsOf = (pods: readonly V1Pod[], from: V1Pod | undefined): readonly Client[] => {
	const all = from
		? [from]
		: pods.filter(({spec, metadata}) => !spec?.hostNetwork && spec?.nodeName && metadata?.deletionTimestamp === undefined);
	const byNode = new Map(
		all.flatMap(pod => {
			const ip = podIp(pod, 'ipv4') ?? podIp(pod, 'ipv6');
			return ip === undefined ? [] : [[pod.spec?.nodeName ?? '', {node: pod.spec?.nodeName ?? '', ip, name: fullName(pod)}] as const];
		}),
	);
	return [...byNode.values()].toSorted((a, b) => a.node.localeCompare(b.node, 'en', {numeric: true}));
};

/** What the model says of each client's packets: the line, and whether it is bad. */
const ways = (
	snapshot: Snapshot,
	service: V1Service,
	clients: readonly Client[],
): readonly {readonly line: string; readonly bad: boolean}[] => {
	const [services, slices, nodes] = [valueOf(snapshot, 'services'), valueOf(snapshot, 'slices'), valueOf(snapshot, 'nodes')];
	const [proxyConfig, version] = [valueOf(snapshot, 'proxyConfig'), valueOf(snapshot, 'version')];
	const address = canonicalIp(service.spec?.clusterIP ?? '');
	if (!services || !slices || !nodes || address === undefined) return [];
	const state = stateFrom({
		services,
		slices,
		nodes,
		...(proxyConfig !== undefined && {proxyConfig}),
		...(version !== undefined && {version}),
	});
	if (!state.ok) return [{line: `not known: ${state.why}`, bad: false}];
	return clients.flatMap(({node, ip, name}) =>
		(service.spec?.ports ?? []).map(({port, protocol = 'TCP'}) => {
			const verdict = verdictsOf(
				state.value,
				node,
			)({protocol: protocol as 'TCP', from: 'pod', source: ip, destination: address, port});
			return {
				line: `from ${name} on ${node} to ${hostPort(address, port)}/${protocol}: ${saidOf(verdict)}`,
				bad: verdict.kind === 'refused' || verdict.kind === 'dropped',
			};
		}),
	);
};

const stateOf = (findings: readonly RankedFinding[], isUnknown: boolean): HopState => {
	if (findings.some(({severity}) => severity === 'error')) return 'broken';
	if (isUnknown) return 'unknown';
	return findings.some(({severity}) => severity === 'warning') ? 'aside' : 'ok';
};

/**
 * The chain of one Service: what was found of it, hop by hop, the first broken one marked. Findings are those of the whole cluster that
 * concern it.
 */
export type ServiceChain = {
	readonly service: string;
	readonly chain: Chain;
	readonly findings: readonly RankedFinding[];
};

const missingService = (services: readonly V1Service[], namespace: string, name: string): ServiceChain => {
	const elsewhere = services.filter(({metadata}) => metadata?.name === name).map(fullName);
	const beside = services.filter(({metadata}) => metadata?.namespace === namespace).map(fullName);
	const summary = `there is no Service ${namespace}/${name}${elsewhere.length > 0 ? `, but ${someOf(elsewhere)}` : ''}`;
	const finding: RankedFinding = {
		rule: 'service-missing',
		severity: 'error',
		confidence: 'certain',
		refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-exist'],
		explains: [],
		about: `Service ${namespace}/${name}`,
		summary,
		evidence: [{from: `Services of ${namespace}`, text: someOf(beside, 8) || 'none'}],
		fix:
			elsewhere.length > 0
				? `use the name with its namespace, ${elsewhere[0]?.split('/').toReversed().join('.')}`
				: 'make the Service, or correct the name',
		verify: [`kubectl -n ${namespace} get services`],
	};
	return {
		service: `${namespace}/${name}`,
		chain: chainOf([
			{name: 'the Service is there and has an address', layer: 'api', state: 'broken', finding: summary, evidence: [summary]},
		]),
		findings: [finding],
	};
};

/** Follows the way to one Service. Throws UsageError for a client that does not exist. */
export const serviceChain = (
	snapshot: Snapshot,
	{findings, rules: outcomes}: Diagnosis,
	rules: readonly Rule[],
	{service: wanted, from}: {readonly service: string; readonly from?: string},
): ServiceChain => {
	const {namespace, name} = splitName(wanted, 'the Service');
	const [services, slices, pods] = [
		valueOf(snapshot, 'services') ?? [],
		valueOf(snapshot, 'slices') ?? [],
		valueOf(snapshot, 'pods') ?? [],
	];
	const service = services.find(each => fullName(each) === `${namespace}/${name}`);
	if (!service) return missingService(services, namespace, name);
	const client = from === undefined ? undefined : pods.find(pod => fullName(pod) === from);
	if (from !== undefined && !client)
		throw new UsageError(`--from ${splitName(from, '--from').name}: there is no such pod in ${splitName(from, '--from').namespace}`);
	const clients = clientsOf(pods, client);
	const endpoints = allEndpoints(service, slices);
	const onNodes = new Set([
		...endpoints.flatMap(({nodeName}) => nodeName ?? []),
		...(client?.spec?.nodeName ? [client.spec.nodeName] : clients.map(({node}) => node)),
	]);
	const concerned = new Set([
		aboutService(service),
		...SHARED,
		...[...onNodes].map(node => `Node ${node}`),
		...(client ? [aboutPod(client)] : []),
	]);
	const policy = `NetworkPolicy ${client?.metadata?.namespace ?? namespace}/`;
	const own = findings.filter(({about}) => concerned.has(about) || about.startsWith(policy));
	const layerOf = new Map(rules.map(({id, layer}) => [id, layer]));
	const verdicts = ways(snapshot, service, clients);
	const backends = podsOf(service, pods);
	const unseen = (layers: readonly Layer[]): readonly string[] =>
		outcomes.some(one => one.outcome === 'unknown' && one.optional && layers.includes(layerOf.get(one.id) ?? 'api'))
			? ['as the API has it: the nodes were not looked at (--nodes or --evidence)']
			: [];
	const evidence: Partial<Record<Layer, readonly string[]>> = {
		api: [
			`${service.spec?.type ?? 'ClusterIP'} ${service.spec?.clusterIP ?? service.spec?.externalName ?? ''}, ports ` +
				`${(service.spec?.ports ?? []).map(({port, protocol = 'TCP'}) => `${port}/${protocol}`).join(', ')}`,
		],
		endpoints: [
			`selector ${labelsText(service.spec?.selector)}; ` +
				`${endpoints.filter(({conditions}) => conditions?.ready !== false).length} of ${endpoints.length} endpoints ready`,
		],
		backend: service.spec?.selector
			? [`${backends.filter(isReadyPod).length} of the ${counted(backends.length, 'pod')} that its selector fits are ready`]
			: [],
		rules: verdicts.map(({line}) => line),
	};
	const hops = HOPS.filter(({layers: [layer]}) => layer !== 'lb' || service.spec?.type === 'LoadBalancer').map(
		({name: title, layers}): Hop => {
			const here = own.filter(({rule}) => layers.includes(layerOf.get(rule) ?? 'api'));
			const unknown = outcomes.filter(
				one => one.outcome === 'unknown' && !one.optional && layers.includes(layerOf.get(one.id) ?? 'api'),
			);
			// What no endpoint explains already: the rules themselves refuse.
			const bad = layers[0] === 'rules' && here.length === 0 && verdicts.length > 0 && verdicts.every(each => each.bad);
			// Of nobody nothing is known.
			const nobody = layers[0] === 'backend' && service.spec?.selector !== undefined && backends.length === 0;
			const state = bad ? 'broken' : stateOf(here, unknown.length > 0 || nobody);
			const [first] = here;
			return {
				name: title,
				layer: layers[0],
				state,
				...((first || bad || state === 'unknown') && {
					finding:
						first?.summary ??
						(bad
							? 'no client is led to an endpoint'
							: `not known: ${unknown.map(({id}) => id).join(', ') || 'its selector fits no pod'}`),
				}),
				evidence: [
					...here.map(({summary, rule}) => `${summary} (${rule})`),
					...layers.flatMap(layer => evidence[layer] ?? []),
					...unseen(layers),
				],
			};
		},
	);
	return {service: fullName(service), chain: chainOf(hops), findings: own};
};
