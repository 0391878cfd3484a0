import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf} from '../views/endpoints.ts';
import {aboutNode, counted, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'Every node that has pods is ready',
	severity: 'error',
	layer: 'link',
	why:
		'A node that does not report has its endpoints marked as not ready after a while (40 s and more); until then a share of the ' +
		'connections goes there and times out. Its own pods reach nothing.',
	verify: ['kubectl get nodes', 'kubectl describe node NODE   # Conditions'],
	fix: 'Look at the kubelet of the node, its network and its disk.',
	refs: ['https://kubernetes.io/docs/reference/node/node-status/#condition'],
	steps: [45],
	needs: ['nodes'],
	sees: ['slices'],
	evaluate: ({nodes, slices = []}) =>
		nodes.flatMap((node): readonly Finding[] => {
			const ready = node.status?.conditions?.find(({type}) => type === 'Ready');
			if (!ready || ready.status === 'True') return [];
			const still = endpointsOf(slices).filter(
				endpoint => endpoint.nodeName === node.metadata?.name && isReadyEndpoint(endpoint),
			).length;
			return [
				{
					about: aboutNode(node),
					summary:
						`node ${fullName(node)} is not ready ` +
						`(${ready.reason})${still > 0 ? `, and ${counted(still, 'endpoint')} on it still get traffic` : ''}`,
					evidence: [{from: `Node ${fullName(node)} .status.conditions[Ready]`, text: `${ready.status}: ${ready.message ?? ''}`}],
					fix: 'look at its kubelet and its network',
					verify: [kubectl('describe', 'node', node)],
				},
			];
		}),
});
