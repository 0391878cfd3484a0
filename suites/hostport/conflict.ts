import {createHash} from 'node:crypto';
import check from '../../lib/check/check.ts';
import {eventually} from '../../lib/check/eventually.ts';
import {sendFlows} from '../../lib/check/flows.ts';
import {hostPortExpectations, type HostPortExpectations} from '../../lib/check/host-port-expectations.ts';
import {createPod, podReady, unschedulable} from '../../lib/check/pods.ts';
import {Violation} from '../../lib/check/problem.ts';
import {PODS_READY_TIMEOUT_MS} from '../../lib/limits.ts';
import {isReadyPod} from '../../lib/model/pods.ts';

/** Below the NodePort range, and another one for each namespace: the pods of an earlier round may still hold theirs while they are deleted. */
const portFor = (namespace: string): number => 18_000 + createHash('sha256').update(namespace).digest().readUInt16BE() % 1000;

export default check({
	title: 'A second pod with the same host port stays Pending and says why, another protocol does not conflict, and the first pod keeps the port until it is gone',
	refs: ['https://kubernetes.io/docs/concepts/configuration/overview/', 'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/scheduler/framework/plugins/nodeports/node_ports.go'],
	needs: ['outside-host'],
	budgetMs: 90_000,
	faults: ['M21'],
}, async testbed => {
	const port = portFor(testbed.namespace);
	const node = testbed.workers[0];
	const other = testbed.workers.at(-1) ?? node;
	const tcp = {containerPort: 8080, hostPort: port, protocol: 'TCP'};
	testbed.step(`a pod with host port ${port} on ${node.name}, and one with the same number for UDP`);
	await createPod(testbed, {name: 'first', node: node.name, ports: [tcp]});
	await createPod(testbed, {name: 'datagrams', node: node.name, ports: [{containerPort: 8081, hostPort: port, protocol: 'UDP'}]});
	await Promise.all(['first', 'datagrams'].map(async name => podReady(testbed, name)));

	testbed.step('a second pod with the same host port');
	await createPod(testbed, {name: 'second', node: node.name, ports: [tcp]});
	const expected = await hostPortExpectations(testbed);
	await Promise.all(['first', 'datagrams', 'second'].map(async name => expected.keptOffBy(name, node.name).length > 0
		? unschedulable(testbed, name, /didn't have free ports for the requested pod ports/)
		: podReady(testbed, name)));
	await testbed.settled();

	testbed.step('20 connections to the host port from outside, from another node and from a pod there');
	const places = await Promise.all([testbed.vantage.outside(), testbed.vantage.node(other.name), testbed.vantage.pod(other.name)]);
	const flows = (by: HostPortExpectations) => places.flatMap(from => (['TCP', 'UDP'] as const).map(protocol => {
		const to = {ip: node.ip, port, protocol};
		return {row: from.name, column: `${protocol} ${node.ip}:${port}`, from, to, count: 20, expected: by.of({...to, node: node.name}), node: node.name};
	}));
	await sendFlows(testbed, 'Host port, first pod', flows(expected));

	testbed.step('the first pod goes, the second takes its place');
	await testbed.kube.core.deleteNamespacedPod({namespace: testbed.namespace, name: 'first'});
	await eventually('the second pod is scheduled and ready once the port is free', async () => {
		const pod = await testbed.kube.core.readNamespacedPod({namespace: testbed.namespace, name: 'second'});
		const {status, spec} = pod;
		if (!isReadyPod(pod)) return {done: false, observed: `phase ${status?.phase}, node ${spec?.nodeName ?? 'none'}`};
		if (spec?.nodeName !== node.name) throw new Violation({summary: 'the second pod runs on another node than it asked for', expected: node.name, observed: String(spec?.nodeName), reproduce: []});
		return {done: true, value: undefined};
	}, {timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal});
	await sendFlows(testbed, 'Host port, second pod', flows(await hostPortExpectations(testbed)));
});
