import {rule, type Finding} from '../rule.ts';
import {aboutNode, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'The network of every node is set up',
	severity: 'error',
	layer: 'cni',
	why:
		'While the condition NetworkUnavailable is true, the network plugin or the cloud has not made the routes to the pods of the ' +
		'node: they are not reached, whatever Services say.',
	verify: [
		'kubectl get nodes -o jsonpath={range .items[*]}{.metadata.name} ' +
			'{.status.conditions[?(@.type=="NetworkUnavailable")].status}{"\\n"}{end}',
	],
	fix: "Look at the network plugin's pod on the node, or the cloud's route controller.",
	refs: ['https://kubernetes.io/docs/reference/node/node-status/#condition'],
	steps: [45],
	explains: ['node-not-ready'],
	needs: ['nodes'],
	evaluate: ({nodes}) =>
		nodes.flatMap((node): readonly Finding[] => {
			const conditions = node.status?.conditions ?? [];
			const routes = conditions.find(({type, status}) => type === 'NetworkUnavailable' && status === 'True');
			const plugin = conditions.find(
				({type, status, message = ''}) => type === 'Ready' && status !== 'True' && /cni|network plugin/i.test(message),
			);
			const seen = routes ?? plugin;
			if (!seen) return [];
			return [
				{
					about: aboutNode(node),
					summary: `the network of node ${fullName(node)} is not set up: ${seen.reason}`,
					evidence: [
						{from: `Node ${fullName(node)} .status.conditions[${seen.type}]`, text: `${seen.status}: ${seen.message ?? ''}`},
					],
					fix: 'look at the network plugin on this node',
					verify: [kubectl('describe', 'node', node)],
				},
			];
		}),
});
