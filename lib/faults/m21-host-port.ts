import type {V1Pod} from '@kubernetes/client-node';
import type {Testbed, TestNode} from '../check/testbed.ts';
import {withPort} from '../check/ip.ts';
import {hostPortsOf} from '../model/host-ports.ts';
import {podIp} from '../model/pods.ts';
import {FaultError, type NodeFault, type Plan} from './fault.ts';
import {parseSave, removal, type SavedRule} from './iptables-save.ts';
import {readIptables} from './look-at.ts';
import {firstOf} from './service-chains.ts';

/** The rules of the CNI plugin portmap (chains CNI-DN-…) that lead to a pod. */
export const hostPortRules = (rules: readonly SavedRule[], podIp: string): readonly SavedRule[] =>
	rules.filter(({chain, target, line}) => chain.startsWith('CNI-DN-') && target === 'DNAT' && line.includes(`--to-destination ${withPort(podIp, '')}`));

const hasHostPort = (pod: V1Pod): boolean => Boolean(pod.status?.podIP) && hostPortsOf(pod).length > 0;

const podWithHostPort = async ({kube, namespace}: Testbed): Promise<V1Pod> =>
	firstOf((await kube.core.listNamespacedPod({namespace})).items.filter(pod => hasHostPort(pod)).toSorted((a, b) => Number(a.metadata?.creationTimestamp) - Number(b.metadata?.creationTimestamp)), `no pod with a host port in ${namespace}`);

const choose = async (testbed: Testbed): Promise<TestNode> => {
	const pod = await podWithHostPort(testbed);
	return firstOf(testbed.nodes.filter(({name}) => name === pod.spec?.nodeName), `no node ${pod.spec?.nodeName}`);
};

const plan = async (testbed: Testbed, node: TestNode): Promise<Plan> => {
	const {family} = testbed;
	const pod = await podWithHostPort(testbed);
	const ip = podIp(pod, family) ?? '';
	const rules = hostPortRules(parseSave(await readIptables(node, family), family), ip);
	if (rules.length === 0) throw new FaultError(`no CNI-DN chain on ${node.name} leads to the host port of ${pod.metadata?.name} (${ip})`);
	return removal(node.name, rules);
};

const fault: NodeFault = {
	id: 'M21',
	title: 'a host port has no DNAT rule on its node',
	layer: 'cni',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	// The CNI plugin's rules are iptables' in every mode of kube-proxy.
	applies: () => ({ok: true, how: 'portmap'}),
	choose,
	plan,
};

export default fault;
