import check from '../../lib/check/check.ts';
import {backendsOf} from '../../lib/testbed/affinity.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {createPod, podReady} from '../../lib/testbed/pods.ts';

export default check(
	{
		title: 'Of a host port and a node port of one number always the same has it on that node; other nodes serve the node port',
		why:
			'Neither scheduler nor API keeps a host port off a number that is a node port, and portmap holds no socket that would show ' +
			'it. Behind a load balancer one node then answers with another program than all others.',
		refs: ['https://www.cni.dev/plugins/current/meta/portmap/', 'https://github.com/kubernetes/kubernetes/issues/31307'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch'],
	},
	async testbed => {
		const [node] = testbed.workers;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts, expected} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports});
		const port = nodePorts['http'] ?? 0;
		await createPod(testbed, {name: 'host', node: node.name, ports: [{containerPort: 8080, hostPort: port, protocol: 'TCP'}]});
		await podReady(testbed, 'host');
		const wish = {from: ['outside', 'pod'] as const, counts: 40};
		const contested = await flowsOf(
			testbed,
			{...wish, to: [{name: node.name, ip: node.ip, port}]},
			await hostPortExpectations(testbed),
		);
		const byNodePort = await flowsOf(testbed, {...wish, to: testbed.nodes.map(({name, ip}) => ({name, ip, port}))}, expected);
		testbed.step(`who has port ${port} of ${node.name}`);
		const [first] = contested;
		const isHostPort = first
			? (await first.from.dial(first.to, {count: 1})).some(dial => dial.outcome === 'answered' && dial.backend === 'host')
			: false;
		testbed.step(`${isHostPort ? 'the host port' : 'the node port'} has it`);
		const others = byNodePort.filter(({to}) => to.ip !== node.ip);
		const flows = isHostPort ? [...contested, ...others] : byNodePort;
		await testbed.settled();

		testbed.step('40 new connections from outside and from a pod on each node to each node');
		const sent = await sendFlows(testbed, `Port ${port}, claimed twice on ${node.name}`, flows);
		const own = sent.filter(({to}) => to.ip === node.ip);
		testbed.number('ways to the host port', own.filter(flow => backendsOf(flow).includes('host')).length, `of ${own.length}`);
	},
);
