import type {V1Service} from '@kubernetes/client-node';
import {versionsOf} from '../chain/versions.ts';
import {PROGRAMMED_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import {TransportError} from '../shell/shell.ts';
import {eventually} from './eventually.ts';
import {withPort} from './ip.ts';
import {programmedByIptables, programmedByNftables, type Programmed} from './programmed-rules.ts';
import type {TestNode, Testbed} from './testbed.ts';

type Wanted = {readonly endpoints: Programmed; /** Of the objects that say so. */ readonly versions: string};

/** The endpoints that the API wants programmed, or a line that says why it does not know yet. */
const wanted = async (testbed: Testbed, service: V1Service): Promise<Wanted | string> => {
	const {namespace, kube} = testbed;
	const {metadata, spec} = service;
	const name = metadata?.name as string;
	const [slices, pods] = await Promise.all([
		kube.discovery.listNamespacedEndpointSlice({namespace, labelSelector: `kubernetes.io/service-name=${name}`}),
		spec?.selector ? kube.core.listNamespacedPod({namespace, labelSelector: Object.entries(spec.selector).map(pair => pair.join('=')).join(',')}) : undefined,
	]);
	const ready = slices.items.flatMap(slice => (slice.endpoints ?? []).filter(endpoint => endpoint.conditions?.ready !== false).flatMap(endpoint => endpoint.addresses));
	const unseen = (pods?.items ?? []).filter(pod => isReadyPod(pod) && !ready.includes(podIp(pod, testbed.family) ?? ''));
	if (unseen.length > 0) return `no EndpointSlice holds ${unseen.map(pod => `${pod.metadata?.name} (${pod.status?.podIP})`).join(', ')}, Ready pods of the selector`;
	const all = new Set<string>();
	for (const port of spec?.ports ?? []) {
		const protocol = (port.protocol ?? 'TCP').toLowerCase();
		const targets = slices.items.flatMap(slice => (slice.endpoints ?? []).filter(endpoint => endpoint.conditions?.ready !== false).flatMap(endpoint =>
			(slice.ports ?? []).filter(one => (one.name ?? '') === (port.name ?? '')).flatMap(one => endpoint.addresses.map(address => withPort(address, one.port ?? 0)))));
		for (const target of targets.length > 0 ? targets : ['none']) all.add(`${port.name ?? ''}/${protocol} ${target}`);
	}
	return {endpoints: all, versions: versionsOf(service, slices.items)};
};

const actual = async ({mode, family, signal}: Testbed, {shell}: TestNode, service: string): Promise<Programmed> => {
	const run = async (argv: readonly string[]): Promise<string> => {
		const {exitCode, stdout, stderr} = await shell.run(argv, {signal});
		if (exitCode !== 0) throw new TransportError(`${shell.where}: ${argv.join(' ')} left with exit code ${exitCode}: ${stderr.trim()}`);
		return stdout;
	};
	switch (mode) {
		case 'iptables': {
			return programmedByIptables(await run([family === 'ipv6' ? 'ip6tables-save' : 'iptables-save']), service);
		}
		case 'nftables': {
			return programmedByNftables(await run(['nft', 'list', 'table', family === 'ipv6' ? 'ip6' : 'ip', 'kube-proxy']), service);
		}
		case 'ipvs': {
			throw new TransportError('the rules of mode ipvs cannot be read yet');
		}
	}
};

/**
 * Waits until the rules of every node hold exactly the endpoints of a Service of the testbed's namespace that the API says: nothing missing, nothing stale.
 * A node that does not get there in PROGRAMMED_TIMEOUT_MS is a Violation that names it.
 */
export const programmed = async (testbed: Testbed, name: string): Promise<void> => {
	const service = `${testbed.namespace}/${name}`;
	await eventually(`every node has the rules of ${service}`, async () => {
		const want = await wanted(testbed, await testbed.kube.core.readNamespacedService({namespace: testbed.namespace, name}));
		if (typeof want === 'string') return {done: false, observed: want};
		const nodes = await Promise.all(testbed.nodes.map(async node => {
			const have = await actual(testbed, node, service);
			return {node: node.name, missing: [...want.endpoints.difference(have)], stale: [...have.difference(want.endpoints)]};
		}));
		const late = nodes.filter(({missing, stale}) => missing.length + stale.length > 0);
		if (late.length === 0) {
			testbed.sawProgrammed(service, want.versions);
			return {done: true, value: undefined};
		}
		return {
			done: false, nodes: late.map(({node}) => node),
			observed: late.map(({node, missing, stale}) => `${node}${missing.length > 0 ? ` lacks ${missing.join(', ')}` : ''}${stale.length > 0 ? ` still has ${stale.join(', ')}` : ''}`).join('\n'),
		};
	}, {timeoutMs: PROGRAMMED_TIMEOUT_MS, signal: testbed.signal});
};
