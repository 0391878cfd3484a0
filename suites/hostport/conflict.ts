import check from '../../lib/check/check.ts';
import {eventually} from '../../lib/wait/eventually.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations, type HostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {createPod, podReady, unschedulable} from '../../lib/testbed/pods.ts';
import {Violation} from '../../lib/record/problem.ts';
import {PODS_READY_TIMEOUT_MS} from '../../lib/limits.ts';
import {isReadyPod} from '../../lib/model/pods.ts';

export default check(
	{
		title:
			'A second pod with the same host port stays Pending and says why, another protocol does not conflict, and the first pod ' +
			'keeps the port until it is gone',
		why:
			'Two agents or ingress controllers want one port of a node: without a refusal the second seems to run and gets nothing. ' +
			'Rolling updates of pods with host ports hang for this reason where no node is free.',
		refs: [
			'https://kubernetes.io/docs/concepts/configuration/overview/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/scheduler/framework/plugins/nodeports/node_ports.go',
		],
		needs: ['outside-host'],
		budgetMs: 90_000,
		faults: ['host-port'],
	},
	async testbed => {
		const [port = 0] = await testbed.lease('host-port', 1);
		const node = testbed.workers[0];
		const other = lastWorker(testbed);
		const tcp = {containerPort: 8080, hostPort: port, protocol: 'TCP'};
		testbed.step(`a pod with host port ${port} on ${node.name}, and one with the same number for UDP`);
		await createPod(testbed, {name: 'first', node: node.name, ports: [tcp]});
		await createPod(testbed, {name: 'datagrams', node: node.name, ports: [{containerPort: 8081, hostPort: port, protocol: 'UDP'}]});
		await Promise.all(['first', 'datagrams'].map(async name => podReady(testbed, name)));

		testbed.step('a second pod with the same host port');
		await createPod(testbed, {name: 'second', node: node.name, ports: [tcp]});
		const expected = await hostPortExpectations(testbed);
		await Promise.all(
			['first', 'datagrams', 'second'].map(async name =>
				expected.keptOffBy(name, node.name).length > 0
					? unschedulable(testbed, name, /didn't have free ports for the requested pod ports/)
					: podReady(testbed, name),
			),
		);
		await testbed.settled();

		testbed.step('20 connections to the host port from outside, from another node and from a pod there');
		const to = (['TCP', 'UDP'] as const).map(protocol => ({ip: node.ip, port, protocol}));
		const flows = async (by: HostPortExpectations) =>
			flowsOf(testbed, {from: ['outside', 'node', 'pod'], on: [other], to, counts: 20}, by);
		await sendFlows(testbed, 'Host port, first pod', await flows(expected));

		testbed.step('the first pod goes, the second takes its place');
		await testbed.kube.core.deleteNamespacedPod({namespace: testbed.namespace, name: 'first'});
		await eventually(
			'the second pod is scheduled and ready once the port is free',
			async () => {
				const pod = await testbed.kube.core.readNamespacedPod({namespace: testbed.namespace, name: 'second'});
				const {status, spec} = pod;
				if (!isReadyPod(pod)) return {done: false, observed: `phase ${status?.phase}, node ${spec?.nodeName ?? 'none'}`};
				if (spec?.nodeName !== node.name)
					throw new Violation({
						summary: 'the second pod runs on another node than it asked for',
						expected: node.name,
						observed: String(spec?.nodeName),
						reproduce: [],
					});
				return {done: true, value: undefined};
			},
			{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal},
		);
		await sendFlows(testbed, 'Host port, second pod', await flows(await hostPortExpectations(testbed)));
	},
);
