import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf} from '../views/endpoints.ts';
import {aboutNode, counted, fullName, kubectl} from '../views/objects.ts';

const TAINT = 'ToBeDeletedByClusterAutoscaler';

export default rule({
	title: 'No node that takes traffic is about to be deleted',
	severity: 'warning',
	layer: 'lb',
	why:
		"kube-proxy answers 503 to load balancers' health checks once the cluster autoscaler marks its node, so that they drain it. " +
		'Endpoints that stay there are lost with the node.',
	verify: ['kubectl get nodes -o jsonpath={range .items[*]}{.metadata.name} {.spec.taints[*].key}{"\\n"}{end}'],
	fix: 'Nothing, where it goes on within minutes; otherwise look why the autoscaler does not get rid of the node.',
	refs: [
		'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/3836-kube-proxy-improved-ingress-connectivity-reliability',
	],
	steps: [45],
	needs: ['nodes', 'slices'],
	evaluate: ({nodes, slices}) =>
		nodes
			.filter(({spec, metadata}) => metadata?.deletionTimestamp !== undefined || spec?.taints?.some(({key}) => key === TAINT))
			.map((node): Finding => ({
				about: aboutNode(node),
				severity: 'info',
				summary:
					`node ${fullName(node)} is about to be deleted; load balancers drain it, and ` +
					counted(
						endpointsOf(slices).filter(each => each.nodeName === node.metadata?.name && isReadyEndpoint(each)).length,
						'endpoint',
					) +
					' on it still take traffic',
				evidence: [{from: `Node ${fullName(node)} .spec.taints`, text: (node.spec?.taints ?? []).map(({key}) => key).join(', ')}],
				fix: 'wait, or look why it stays',
				verify: [kubectl('describe', 'node', node)],
			})),
});
