import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import type {Look} from '../wait/eventually.ts';
import {servedOn} from '../testbed/programmed.ts';
import type {Testbed} from '../testbed/testbed.ts';
import {ipFamilyOf, withPort} from '../ip.ts';
import {addressType, DNS_PODS, serviceName} from '../model/dns-names.ts';
import {podIp} from '../model/pods.ts';
import {Lost} from '../probe/vantage.ts';
import type {ClusterFault, Plan} from './tools/fault.ts';
import {firstOf} from './tools/choices.ts';

/** A pod of another namespace that answers on port 8080, but is no echo server: CoreDNS (its health). */
const foreignAddress = async ({kube, family}: Testbed): Promise<string> =>
	firstOf(
		(await kube.core.listNamespacedPod(DNS_PODS)).items.flatMap(pod => podIp(pod, family) ?? []),
		'no CoreDNS pod whose address could be a foreign endpoint',
	);

const sliceOf = ({metadata, spec}: V1Service, address: string): V1EndpointSlice => ({
	apiVersion: 'discovery.k8s.io/v1',
	kind: 'EndpointSlice',
	addressType: ipFamilyOf(address) === 'ipv6' ? 'IPv6' : 'IPv4',
	metadata: {
		name: `${metadata?.name}-foreign`,
		...(metadata?.namespace && {namespace: metadata.namespace}),
		labels: {'kubernetes.io/service-name': metadata?.name ?? '', 'endpointslice.kubernetes.io/managed-by': 'vipcheck'},
	},
	ports: (spec?.ports ?? []).map(({name, protocol, targetPort, port}) => ({
		...(name !== undefined && {name}),
		protocol: protocol ?? 'TCP',
		port: typeof targetPort === 'number' ? targetPort : port,
	})),
	endpoints: [{addresses: [address], conditions: {ready: true}}],
});

/** The nodes whose rules do not have the address for the Service yet. */
const lackingNodes = async (testbed: Testbed, service: V1Service, address: string): Promise<readonly string[]> => {
	const lacking = await Promise.all(
		testbed.nodes.map(async node => {
			const served = await servedOn(testbed, node, service);
			return [...served].some(entry => entry.includes(` ${withPort(address, '')}`)) ? [] : [node.name];
		}),
	);
	return lacking.flat();
};

const inDns = async (testbed: Testbed, name: string, address: string): Promise<boolean> => {
	const {family} = testbed;
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const {items} = await testbed.kube.core.listNamespacedPod(DNS_PODS);
	const answers = await Promise.all(
		items
			.flatMap(pod => podIp(pod, family) ?? [])
			.map(async server => {
				try {
					return (await place.lookup(name, addressType(family), {server})).answers;
				} catch (error) {
					if (error instanceof Lost) return [];
					throw error;
				}
			}),
	);
	return answers.every(records => records.some(({data}) => data === address));
};

const plan = async (testbed: Testbed): Promise<Plan> => {
	const {namespace, kube} = testbed;
	const services = (await kube.core.listNamespacedService({namespace})).items;
	const address = await foreignAddress(testbed);
	const slices = services.map(service => sliceOf(service, address));
	return {
		inject: slices.map(object => ({kind: 'api', verb: 'apply', object})),
		undo: slices.map(object => ({kind: 'api', verb: 'remove', object})),
		async inForce(): Promise<Look<undefined>> {
			const missing = await Promise.all(
				services.map(async service => {
					const name = service.metadata?.name ?? '';
					if (service.spec?.clusterIP === 'None')
						return (await inDns(testbed, serviceName({name, namespace}), address)) ? [] : [`an answer of CoreDNS for ${name}`];
					return lackingNodes(testbed, service, address);
				}),
			);
			return missing.flat().length === 0
				? {done: true, value: undefined}
				: {done: false, observed: `${address} is not in ${missing.flat().join(', ')}`};
		},
	};
};

const fault: ClusterFault = {
	title: "somebody else's EndpointSlice adds a foreign address to the Service",
	layer: 'endpoints',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'a hand-made EndpointSlice'}),
	plan,
};

export default fault;
