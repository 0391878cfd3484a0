import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hinted} from '../../lib/testbed/hints.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'With trafficDistribution PreferSameNode a node sends to its own endpoints, and where it has none to all',
		why:
			'Caches and agents on every node save a hop with each call. Where the hint is ignored all calls cross the network; where ' +
			'the way out is missing, pods of a node without an endpoint lose the Service.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution',
			'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3015-prefer-same-node',
		],
		needs: ['node-access'],
		faults: ['dispatch', 'foreign-endpoint'],
	},
	async testbed => {
		// The node of the control plane has none of them.
		await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const wish = {name: 'echo', selector: {app: 'echo'}, ports, trafficDistribution: 'PreferSameNode'};
		const {clusterIp} = await service(testbed, wish);
		await hinted(testbed, 'echo', ({forNodes}) => forNodes);
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
