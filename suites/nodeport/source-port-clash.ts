import check from '../../lib/check/check.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows, type Flow} from '../../lib/testbed/flows.ts';
import type {Testbed} from '../../lib/testbed/testbed.ts';

/** By design ipvs does not serve a node at another one from such a port (`schedulesAnswers`). Rows are places: more than goals. */
const asDesigned = ({mode}: Testbed, flow: Flow): Flow => {
	const isLost = TRAITS[mode].schedulesAnswers && flow.kind === 'node' && flow.row !== flow.node;
	return isLost ? {...flow, count: 2, expected: {outcome: 'timeout'}} : flow;
};

export default check(
	{
		title: 'Clients whose own port has the number of the node port are served, also several with the same one at a time by one node',
		why:
			'Many clients behind a NAT, or with fixed ports of their own, meet on one node with the same port. Where the masquerade ' +
			'takes no other, connections hang: rarely, under load, and for no reason that a client could see.',
		refs: ['https://github.com/kubernetes/kubernetes/issues/85418', 'https://datatracker.ietf.org/doc/html/rfc4787#section-4.2.1'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'masquerade-missing'],
	},
	async testbed => {
		// One endpoint: what is masqueraded differs by nothing but its port.
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts, expected} = await echoService(testbed, {replicas: 1, type: 'NodePort', ports});
		const port = nodePorts['http'] ?? 0;
		const to = testbed.nodes.map(({name, ip}) => ({name, ip, port}));
		// The masquerade of a pod's own node comes first: what its backend sees is not said.
		const wish = {to, counts: 10, localPort: port};
		const flows = [
			...(await flowsOf(testbed, {...wish, from: ['outside'], sources: true}, expected)),
			...(await flowsOf(testbed, {...wish, from: ['pod', 'node']}, expected)).map(flow => asDesigned(testbed, flow)),
		];
		await testbed.settled();

		testbed.step(`10 connections from outside, a pod and the host network of each node to each node, all from port ${port}`);
		await sendFlows(testbed, `From port ${port}`, flows);
	},
);
