import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {remembered} from '../../lib/testbed/remembered.ts';
import {service} from '../../lib/testbed/workloads.ts';

/** Below the range that clients choose from, so that nobody else has it. */
const LOCAL_PORT = 20_060;
const PORTS = [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}] as const;

export default check(
	{
		title: "A flow over UDP to another node's NodePort is left alone by kube-proxy of the node that it leaves from",
		why:
			'Where the CNI masquerades what pods send to nodes, the answer finds its way back by this entry alone. Deleted while a ' +
			'datagram is under way, the answer is lost: DNS and syslog by NodePort lose a little whenever any Service changes.',
		refs: [
			'https://github.com/kubernetes/kubernetes/issues/126130',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/conntrack/cleanup.go',
		],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const [other, from = other] = testbed.nodes.toReversed();
		if (!from || !other) throw new RangeError('two nodes are needed');
		const {nodePorts, pods} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports: PORTS});
		const to = {ip: other.ip, port: nodePorts['udp'] ?? 0, protocol: 'UDP' as const};
		const place = await testbed.vantage.pod(from.name);
		await testbed.settled();

		testbed.step(`a flow from a pod on ${from.name} to the NodePort of ${other.name}`);
		const [dial] = await place.dial(to, {count: 1, localPort: LOCAL_PORT});
		const isAnswered = dial?.outcome === 'answered' && pods.some(({name}) => name === dial.backend);
		const before = await remembered(testbed, from, to, [other.ip]);
		testbed.step('another Service over UDP, and what the node remembers once its rules are there');
		await service(testbed, {name: 'other', selector: {app: 'echo'}, ports: PORTS});
		await programmed(testbed, 'other');
		const after = await remembered(testbed, from, to, [other.ip]);
		const counts = `${before.length} entries before, ${after.length} after`;
		const wrong = isAnswered
			? after.length < before.length || before.length === 0
				? counts
				: undefined
			: `not answered: ${dial?.outcome}`;
		const reproduce = `conntrack -L -p udp --orig-dst ${other.ip} --orig-port-dst ${to.port}`;
		judgeNodes(
			testbed,
			{title: 'Flow in transit', expected: 'the flow is remembered', reproduce, ...(isAnswered && {layer: 'conntrack' as const})},
			[{node: isAnswered ? from.name : other.name, text: counts, wrong}],
		);
	},
);
