import check from '../../lib/check/check.ts';
import {zonesOf} from '../../lib/change/zones.ts';
import {servedByHints} from '../../lib/testbed/served-by-hints.ts';

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
		await servedByHints(testbed, 'PreferClose', ({forZones}) => forZones);
	},
);
