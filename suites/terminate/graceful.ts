import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {heldBy, holdFrom, letGo, stillHeld} from '../../lib/testbed/held.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {replaced} from '../../lib/testbed/replaced.ts';

/** Eight that draw one of two endpoints draw the same once in 128 times; those of three nodes and more once in 10^7 times. */
const COUNT = 8;
/** Longer than it takes until no new connection comes any more, and a few questions after that. */
const LINGER_SECONDS = 40;

export default check(
	{
		title: 'An endpoint that is to end gets no new connections within seconds, and those that it has live on until it ends',
		why:
			'Downloads, WebSockets and database sessions have to outlive the start of a rollout, and new ones must go elsewhere. ' +
			'Otherwise every deployment is a burst of resets in the logs of clients.',
		refs: [
			'https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/',
			'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints',
		],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace, nodes} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp, pods} = await echoService(testbed, {replicas: 2, lingerSeconds: LINGER_SECONDS, ports});
		const held = await holdFrom(testbed, nodes, {ip: clusterIp, port: 80}, COUNT);
		const [goes] = pods;
		testbed.number(`open connections to ${goes?.name}`, held.filter(one => heldBy(one) === goes?.name).length, `of ${held.length}`);
		await testbed.settled();

		testbed.step(`${goes?.name} is to end, and goes on serving for ${LINGER_SECONDS} s`);
		await kube.core.deleteNamespacedPod({namespace, name: goes?.name ?? ''});
		const statement = {
			title: 'Open connections',
			expected: 'each is answered by the endpoint that it has',
			reproduce: 'conntrack -L -p tcp',
		};
		judgeNodes(testbed, {...statement, title: 'Open connections, when the endpoint is told to end'}, await stillHeld(held));
		// The pod that takes its place is an endpoint once it is Ready: no expectation holds before.
		await replaced(testbed, 'echo');
		await flowsFollow(testbed, 'New connections', {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 40}, 'echo');
		judgeNodes(testbed, {...statement, title: 'Open connections, when it gets no new ones'}, await stillHeld(held));
		await letGo(held);
	},
);
