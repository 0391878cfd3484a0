import check from '../../lib/check/check.ts';
import {secondInterface} from '../../lib/change/extra-address.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {createPod, podReady} from '../../lib/testbed/pods.ts';

export default check(
	{
		title: 'Pods of one node share the number of a host port where their addresses or protocols differ, and each is reached by its own',
		why:
			'DNS caches and voice gateways bind one number on several addresses, or for TCP and UDP. Where address or protocol is ' +
			'ignored, pods that would fit stay Pending, or packets reach another pod of the node.',
		refs: [
			'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/scheduler/framework/plugins/nodeports/node_ports.go',
		],
		needs: ['node-access', 'outside-host'],
		exclusive: ['node'],
		faults: ['host-port'],
	},
	async testbed => {
		const node = lastWorker(testbed);
		const [port = 0] = await testbed.lease('host-port', 1);
		const [extra = ''] = await testbed.lease('external-ip', 1);
		await testbed.change(secondInterface(node, extra));
		await testbed.routeOutside(new Map([[extra, node]]));
		const tcp = {containerPort: 8080, hostPort: port, protocol: 'TCP'};
		testbed.step(`pods with host port ${port} of ${node.name} at ${node.ip}, at ${extra} and over UDP`);
		const pods = [
			{name: 'first', ports: [{...tcp, hostIP: node.ip}]},
			{name: 'second', ports: [{...tcp, hostIP: extra}]},
			{name: 'datagrams', ports: [{containerPort: 8081, hostPort: port, hostIP: node.ip, protocol: 'UDP'}]},
		];
		for (const pod of pods) await createPod(testbed, {...pod, node: node.name});
		await Promise.all(pods.map(async ({name}) => podReady(testbed, name)));
		const to = [
			{name: `${node.ip} TCP`, ip: node.ip, port},
			{name: `${extra} TCP`, ip: extra, port, on: node},
			{name: `${node.ip} UDP`, ip: node.ip, port, protocol: 'UDP' as const},
		];
		const flows = await flowsOf(
			testbed,
			{from: ['outside', 'pod', 'node'], on: [node], to, counts: 60},
			await hostPortExpectations(testbed),
		);
		await testbed.settled();

		testbed.step(`60 new connections from outside, from a pod and from the host network of ${node.name} to each`);
		await sendFlows(testbed, `Host port ${port} of ${node.name}`, flows);
	},
);
