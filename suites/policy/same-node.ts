import check from '../../lib/check/check.ts';
import {servedByHints} from '../../lib/testbed/served-by-hints.ts';

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
	async testbed => servedByHints(testbed, 'PreferSameNode', ({forNodes}) => forNodes),
);
