import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import type {Look} from '../check/eventually.ts';
import type {TestNode, Testbed} from '../check/testbed.ts';
import {ipFamilyOf} from '../check/ip.ts';
import {addressType, serviceName} from '../model/dns-names.ts';
import {podIp} from '../model/pods.ts';
import {Lost} from '../probe/vantage.ts';
import type {ClusterFault, Plan} from './fault.ts';
import {readIptables, readNftables} from './look-at.ts';
import {firstOf} from './service-chains.ts';

/** A pod of another namespace that answers on port 8080, but is no echo server: CoreDNS (its health). */
const foreignAddress = async ({kube, family}: Testbed): Promise<string> =>
	firstOf((await kube.core.listNamespacedPod({namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns'})).items.flatMap(pod => podIp(pod, family) ?? []), 'no CoreDNS pod whose address could be a foreign endpoint');

const sliceOf = ({metadata, spec}: V1Service, address: string): V1EndpointSlice => ({
	apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: ipFamilyOf(address) === 'ipv6' ? 'IPv6' : 'IPv4',
	metadata: {name: `${metadata?.name}-foreign`, ...(metadata?.namespace && {namespace: metadata.namespace}), labels: {'kubernetes.io/service-name': metadata?.name ?? '', 'endpointslice.kubernetes.io/managed-by': 'vipcheck'}},
	ports: (spec?.ports ?? []).map(({name, protocol, targetPort, port}) => ({...(name !== undefined && {name}), protocol: protocol ?? 'TCP', port: typeof targetPort === 'number' ? targetPort : port})),
	endpoints: [{addresses: [address], conditions: {ready: true}}],
});

const rulesOf = async ({mode, family}: Testbed, node: TestNode): Promise<string> => (mode === 'nftables' ? readNftables(node, family) : readIptables(node, family));

/** Whether every node's rules hold the address beside the Service's name, in the words of either mode. */
const onNodes = async (testbed: Testbed, service: string, address: string): Promise<readonly string[]> => {
	const lacking = await Promise.all(testbed.nodes.map(async node => {
		const lines = (await rulesOf(testbed, node)).split(/(?<=\n)(?=-A |\tchain )/);
		return lines.some(text => text.includes(service) && text.includes(address)) ? [] : [node.name];
	}));
	return lacking.flat();
};

const inDns = async (testbed: Testbed, name: string, address: string): Promise<boolean> => {
	const {family} = testbed;
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const {items} = await testbed.kube.core.listNamespacedPod({namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns'});
	const answers = await Promise.all(items.flatMap(pod => podIp(pod, family) ?? []).map(async server => {
		try {
			return (await place.lookup(name, addressType(family), {server})).answers;
		} catch (error) {
			if (error instanceof Lost) return [];
			throw error;
		}
	}));
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
			const missing = await Promise.all(services.map(async ({metadata, spec}) => {
				const name = metadata?.name ?? '';
				if (spec?.clusterIP === 'None') return await inDns(testbed, serviceName({name, namespace}), address) ? [] : [`an answer of CoreDNS for ${name}`];
				return onNodes(testbed, `${namespace}/${name}`, address);
			}));
			return missing.flat().length === 0 ? {done: true, value: undefined} : {done: false, observed: `${address} is not in ${missing.flat().join(', ')}`};
		},
	};
};

const fault: ClusterFault = {
	id: 'M15',
	title: 'somebody else\'s EndpointSlice adds a foreign address to the Service',
	layer: 'endpoints',
	on: 'cluster',
	when: 'settled',
	applies: ({mode}) => (mode === 'ipvs' ? {ok: false, why: 'how to see in ipvs that a foreign endpoint is in force is not written yet'} : {ok: true, how: mode}),
	plan,
};

export default fault;
