import type {V1Service} from '@kubernetes/client-node';
import {versionsOf} from '../chain/versions.ts';
import {PROGRAMMED_TIMEOUT_MS, patienceWith, rulesIntervalMs} from '../limits.ts';
import {needed} from '../facts/fact.ts';
import {readNode} from '../facts/read-node.ts';
import {look} from '../gather/look.ts';
import {servedAt, servedAtNodePort, type ServedPort} from '../model/modes/mode.ts';
import {PROXY_MODES} from '../model/modes/modes.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import {FAMILY_NAMES} from '../model/address.ts';
import {isReadyEndpoint} from '../model/service-slices.ts';
import {outerIpsOf} from '../model/service-ports.ts';
import {nameOf} from '../model/state.ts';
import type {IpFamily} from '../target.ts';
import {eventually} from '../wait/eventually.ts';
import {ipFamilyOf, withPort} from '../ip.ts';
import {readState} from './cluster-state.ts';
import {notFollowed} from './not-followed.ts';
import type {TestNode, Testbed} from './testbed.ts';
import type {EchoPod} from './workloads.ts';

/**
 * `port/protocol ip:port` for each endpoint, `port/protocol none` for each port that refuses, `port/protocol at ip:port` for each outer
 * address.
 */
type Served = ReadonlySet<string>;
type Wanted = {readonly endpoints: Served; /** Of the objects that say so. */ readonly versions: string};

/** The ports of a Service as the rules of a family have them. */
const portsOf = (service: V1Service, family: IpFamily): readonly ServedPort[] => {
	const {metadata, spec} = service;
	const outerIps = outerIpsOf(service, family);
	const clusterIp = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).find(ip => ipFamilyOf(ip) === family) ?? '';
	return (spec?.ports ?? []).map(({name: portName = '', protocol = 'TCP', port, nodePort}) => ({
		about: nameOf({namespace: metadata?.namespace ?? '', service: metadata?.name ?? '', portName}),
		name: portName,
		protocol: protocol as ServedPort['protocol'],
		clusterIp,
		port,
		...(nodePort && {nodePort}),
		outerIps,
	}));
};

/** The endpoints that the API wants programmed, `pods` among them, or a line that says why it does not know yet. */
const wanted = async (testbed: Testbed, service: V1Service, pods: readonly EchoPod[]): Promise<Wanted | string> => {
	const {namespace, kube} = testbed;
	const {metadata, spec} = service;
	const name = metadata?.name as string;
	const [{items: all}, selected] = await Promise.all([
		kube.discovery.listNamespacedEndpointSlice({namespace, labelSelector: `kubernetes.io/service-name=${name}`}),
		spec?.selector
			? kube.core.listNamespacedPod({
					namespace,
					labelSelector: Object.entries(spec.selector)
						.map(pair => pair.join('='))
						.join(','),
				})
			: undefined,
	]);
	const slices = all.filter(({addressType}) => addressType === FAMILY_NAMES[testbed.family]);
	const ready = slices.flatMap(slice =>
		(slice.endpoints ?? []).filter(endpoint => isReadyEndpoint(endpoint)).flatMap(endpoint => endpoint.addresses),
	);
	// A pod can become unready again as its first probe fails: kubelet may have called it ready before.
	const away = pods.filter(({ip}) => !ready.includes(ip));
	if (away.length > 0) return `no EndpointSlice holds as ready: ${away.map(({name: pod, ip}) => `${pod} (${ip})`).join(', ')}`;
	const unseen = (selected?.items ?? []).filter(pod => isReadyPod(pod) && !ready.includes(podIp(pod, testbed.family) ?? ''));
	if (unseen.length > 0)
		return (
			`no EndpointSlice holds ${unseen.map(pod => `${pod.metadata?.name} (${pod.status?.podIP})`).join(', ')}, Ready pods of ` +
			'the selector'
		);
	const late = notFollowed(service, slices, selected?.items);
	if (late.length > 0) return `EndpointSlices still hold as ready: ${late.join(', ')}, which no Ready pods of the selector are`;
	const endpoints = new Set<string>();
	for (const port of spec?.ports ?? []) {
		const protocol = (port.protocol ?? 'TCP').toLowerCase();
		const targets = slices.flatMap(slice =>
			(slice.endpoints ?? [])
				.filter(endpoint => isReadyEndpoint(endpoint))
				.flatMap(endpoint =>
					(slice.ports ?? [])
						.filter(one => (one.name ?? '') === (port.name ?? ''))
						.flatMap(one => endpoint.addresses.map(address => withPort(address, one.port ?? 0))),
				),
		);
		for (const target of targets.length > 0 ? targets : ['none']) endpoints.add(`${port.name ?? ''}/${protocol} ${target}`);
	}
	for (const port of portsOf(service, testbed.family)) {
		for (const ip of port.outerIps ?? []) endpoints.add(servedAt(port, ip));
		if (port.nodePort !== undefined) endpoints.add(servedAtNodePort(port, port.nodePort));
	}
	return {endpoints, versions: versionsOf(service, all)};
};

/**
 * What each node should have of a Service whose cluster IP is served by local endpoints alone, or by those near by, as the model says of
 * its mode; undefined for all others, which every node has whole.
 */
const localOnes = async (testbed: Testbed, service: V1Service): Promise<((node: TestNode) => Promise<Served>) | undefined> => {
	if (service.spec?.internalTrafficPolicy !== 'Local' && !service.spec?.trafficDistribution) return undefined;
	const {mode, family, signal} = testbed;
	const rules = PROXY_MODES[mode];
	const state = await readState(testbed);
	return async ({name, shell}) => {
		const facts = readNode(await look(shell, rules.looks(family), signal));
		return rules.served(rules.expected(state, name, family, facts), portsOf(service, family));
	};
};

/** What the rules of a node have for a Service. */
export const servedOn = async ({mode, family, signal}: Testbed, {name, shell}: TestNode, service: V1Service): Promise<Served> => {
	const rules = PROXY_MODES[mode];
	const facts = readNode(await look(shell, rules.serving.looks(family), signal));
	return rules.served(needed(name, rules.serving.graph(facts, family)), portsOf(service, family));
};

/** What kube-proxy gets on nodes of the testbed's kind for making rules of a change, in milliseconds. */
export const programmedTimeoutMs = ({cluster}: Pick<Testbed, 'cluster'>): number =>
	PROGRAMMED_TIMEOUT_MS * patienceWith(cluster.target.nodeKernel);

/**
 * Waits until the rules of every node hold exactly the endpoints and outer addresses of a Service of the testbed's namespace that the
 * API says: no endpoint or address missing, no endpoint stale. A node that does not get there in time (`moreMs` of patience more than for a
 * few Services) is a Violation that names it. `pods`: those that the Service must have.
 */
export const programmed = async (
	testbed: Testbed,
	name: string,
	{moreMs = 0, pods = []}: {readonly moreMs?: number; readonly pods?: readonly EchoPod[]} = {},
): Promise<void> => {
	const service = `${testbed.namespace}/${name}`;
	// What each node was seen to have; it is not asked again for the same.
	const complete = new Map<string, string>();
	await testbed.spend('rules', async () =>
		eventually(
			`every node has the rules of ${service}`,
			async () => {
				const object = await testbed.kube.core.readNamespacedService({namespace: testbed.namespace, name});
				const want = await wanted(testbed, object, pods);
				if (typeof want === 'string') return {done: false, observed: want};
				const local = await localOnes(testbed, object);
				const wish = [want.versions, ...want.endpoints].join();
				const nodes = await Promise.all(
					testbed.nodes.map(async node => {
						if (complete.get(node.name) === wish) return {node: node.name, missing: [], stale: []};
						const have = await servedOn(testbed, node, object);
						const should = (await local?.(node)) ?? want.endpoints;
						const [missing, stale] = [[...should.difference(have)], [...have.difference(should)]];
						if (missing.length + stale.length === 0) complete.set(node.name, wish);
						return {node: node.name, missing, stale};
					}),
				);
				const late = nodes.filter(({missing, stale}) => missing.length + stale.length > 0);
				if (late.length === 0) {
					testbed.sawProgrammed(service, want.versions);
					return {done: true, value: undefined};
				}
				return {
					done: false,
					nodes: late.map(({node}) => node),
					observed: late
						.map(
							({node, missing, stale}) =>
								node +
								(missing.length > 0 ? ` lacks ${missing.join(', ')}` : '') +
								(stale.length > 0 ? ` still has ${stale.join(', ')}` : ''),
						)
						.join('\n'),
				};
			},
			{
				timeoutMs: programmedTimeoutMs(testbed) + moreMs,
				intervalMs: rulesIntervalMs(testbed.cluster.target.nodeKernel),
				signal: testbed.signal,
			},
		),
	);
};
