import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, kubectl, someOf} from '../views/objects.ts';

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

export default rule({
	title: 'The endpoints of a Local load balancer are on nodes that it uses',
	severity: 'error',
	layer: 'lb',
	why:
		'A node with the label exclude-from-external-load-balancers is left out by load balancers. With externalTrafficPolicy: Local ' +
		'only nodes with endpoints take traffic; where all of these are left out, none gets any.',
	verify: [`kubectl get nodes -L ${EXCLUDED}`, 'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o wide'],
	fix: 'Take the label off, or move the pods to other nodes.',
	refs: ['https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers'],
	steps: [22, 42],
	explains: ['external-policy-without-local-endpoints'],
	needs: ['services', 'slices', 'nodes'],
	evaluate({services, slices, nodes}) {
		const excluded = nodes.filter(({metadata}) => EXCLUDED in (metadata?.labels ?? {}));
		const names = new Set(excluded.map(({metadata}) => metadata?.name));
		return services
			.filter(({spec}) => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local')
			.flatMap((service): readonly Finding[] => {
				const on = new Set(
					allEndpoints(service, slices)
						.filter(isReadyEndpoint)
						.map(({nodeName}) => nodeName),
				);
				if (on.size === 0 || [...on].some(name => !names.has(name))) return [];
				return [
					{
						about: aboutService(service),
						summary:
							`all endpoints of Service ${fullName(service)} are on nodes that load balancers leave out: ` +
							`${someOf([...on].map(name => name ?? ''))}`,
						evidence: excluded.slice(0, 3).map(node => ({from: `Node ${fullName(node)} .metadata.labels`, text: EXCLUDED})),
						fix: `remove the label ${EXCLUDED}, or move the pods`,
						verify: [kubectl('get', 'nodes', {metadata: {name: ''}}, `-L ${EXCLUDED}`)],
					},
				];
			});
	},
});
