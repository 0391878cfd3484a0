import check from '../../lib/check/check.ts';
import {zonesOf} from '../../lib/change/zones.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hinted} from '../../lib/testbed/hints.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'With trafficDistribution PreferClose a node sends to the endpoints of its zone, and where its zone has none to all',
		why:
			'Traffic between zones is slower and is billed. Ignored hints, often for want of a zone label on a node, show on the ' +
			'invoice alone; a zone left without endpoints is an outage where the way out is missing.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution',
			'https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/',
		],
		needs: ['node-access'],
		budgetMs: 90_000,
		exclusive: ['node'],
		faults: ['dispatch', 'foreign-endpoint'],
	},
	async testbed => {
		// The zone of the control plane has no endpoint.
		const zones = new Map(
			testbed.nodes.map(node => [node.name, node.role === 'worker' ? `zone-${testbed.workers.indexOf(node) % 2}` : 'zone-empty']),
		);
		testbed.step(`zones: ${[...zones].map(pair => pair.join(' in ')).join(', ')}`);
		await testbed.change(zonesOf(zones));
		await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp} = await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports, trafficDistribution: 'PreferClose'});
		await hinted(testbed, 'echo', ({forZones}) => forZones);
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
