import check from '../../lib/check/check.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {createPod, podReady} from '../../lib/testbed/pods.ts';

export default check(
	{
		title: 'Three pods with one host port, on two nodes and over TCP and UDP: each node and protocol leads to its own pod, every time',
		why:
			'Ingress controllers, node agents and game servers take traffic by host ports. They are rules of the CNI plugin portmap: ' +
			'without it in the plugin chain the pod starts, nothing is forwarded, and no event says so.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/', 'https://www.cni.dev/plugins/current/meta/portmap/'],
		needs: ['node-access', 'outside-host'],
		faults: ['host-port'],
	},
	async testbed => {
		const [port = 0] = await testbed.lease('host-port', 1);
		const [one] = testbed.workers;
		const other = lastWorker(testbed);
		const tcp = {containerPort: 8080, hostPort: port, protocol: 'TCP'};
		const udp = {containerPort: 8081, hostPort: port, protocol: 'UDP'};
		testbed.step(`pods with host port ${port} on ${one.name} and on ${other.name}`);
		const pods = [
			{name: 'web', node: one.name, ports: [tcp]},
			{name: 'datagrams', node: one.name, ports: [udp]},
			...(other === one ? [] : [{name: 'elsewhere', node: other.name, ports: [tcp]}]),
		];
		for (const pod of pods) await createPod(testbed, pod);
		await Promise.all(pods.map(async ({name}) => podReady(testbed, name)));
		const to = [
			{name: `${one.name} TCP`, ip: one.ip, port},
			{name: `${one.name} UDP`, ip: one.ip, port, protocol: 'UDP' as const},
			...(other === one ? [] : [{name: `${other.name} TCP`, ip: other.ip, port}]),
		];
		const flows = await flowsOf(testbed, {from: ['outside', 'pod', 'node'], to, counts: 60}, await hostPortExpectations(testbed));
		await testbed.settled();

		testbed.step('60 new connections from outside, a pod and the host network of each node to each');
		await sendFlows(testbed, `Host port ${port}`, flows);
	},
);
