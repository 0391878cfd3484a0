import type {V1Pod} from '@kubernetes/client-node';
import type {IptablesRule} from '../facts/parse/iptables-rule.ts';
import type {Testbed, TestNode} from '../testbed/testbed.ts';
import {withPort} from '../ip.ts';
import {hostPortsOf} from '../model/host-ports.ts';
import {podIp} from '../model/pods.ts';
import {FaultError, type NodeFault, type Plan} from './tools/fault.ts';
import {firstOf} from './tools/choices.ts';
import {removal} from './tools/iptables-removal.ts';
import {readRules} from './tools/look-at.ts';

/** The rules of the CNI plugin portmap (chains CNI-DN-…) that lead to a pod. */
export const hostPortRules = (rules: readonly IptablesRule[], podIp: string): readonly IptablesRule[] =>
	rules.filter(
		({chain, target, text}) =>
			chain.startsWith('CNI-DN-') && target === 'DNAT' && text.includes(`--to-destination ${withPort(podIp, '')}`),
	);

const hasHostPort = (pod: V1Pod): boolean => Boolean(pod.status?.podIP) && hostPortsOf(pod).length > 0;

const podWithHostPort = async ({kube, namespace}: Testbed): Promise<V1Pod> =>
	firstOf(
		(await kube.core.listNamespacedPod({namespace})).items
			.filter(pod => hasHostPort(pod))
			.toSorted((a, b) => Number(a.metadata?.creationTimestamp) - Number(b.metadata?.creationTimestamp)),
		`no pod with a host port in ${namespace}`,
	);

const choose = async (testbed: Testbed): Promise<TestNode> => {
	const pod = await podWithHostPort(testbed);
	return firstOf(
		testbed.nodes.filter(({name}) => name === pod.spec?.nodeName),
		`no node ${pod.spec?.nodeName}`,
	);
};

const plan = async (testbed: Testbed, node: TestNode): Promise<Plan> => {
	const {family} = testbed;
	const pod = await podWithHostPort(testbed);
	const ip = podIp(pod, family) ?? '';
	const rules = hostPortRules(await readRules(node, family), ip);
	if (rules.length === 0) throw new FaultError(`no CNI-DN chain on ${node.name} leads to the host port of ${pod.metadata?.name} (${ip})`);
	return removal(node.name, family, rules);
};

const fault: NodeFault = {
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
