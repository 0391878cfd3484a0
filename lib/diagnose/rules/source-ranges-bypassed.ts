import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'Source ranges cannot be passed by through a NodePort',
	severity: 'warning',
	layer: 'rules',
	why:
		'loadBalancerSourceRanges hold for the address of the load balancer alone. The NodePorts of the same Service, which are ' +
		'given unless allocateLoadBalancerNodePorts is false, let everybody in who reaches a node.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.loadBalancerSourceRanges}{.spec.ports[*].nodePort}'],
	fix:
		'Set allocateLoadBalancerNodePorts: false and remove the nodePorts, where the load balancer sends to pods; otherwise keep ' +
		'others off the nodes by a firewall.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-nodeport-allocation'],
	steps: [30],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(
				({spec}) =>
					(spec?.loadBalancerSourceRanges?.length ?? 0) > 0 &&
					!spec?.loadBalancerSourceRanges?.some(range => range.trim().endsWith('/0')),
			)
			.flatMap((service): readonly Finding[] => {
				const ports = (service.spec?.ports ?? []).flatMap(({nodePort}) => (nodePort ? [nodePort] : []));
				if (ports.length === 0) return [];
				return [
					{
						about: aboutService(service),
						summary: `the source ranges of Service ${fullName(service)} do not hold for its NodePort ${ports.join(', ')}`,
						evidence: [
							{
								from: `${aboutService(service)} .spec.loadBalancerSourceRanges`,
								text: (service.spec?.loadBalancerSourceRanges ?? []).join(', '),
							},
							{from: `${aboutService(service)} .spec.ports[].nodePort`, text: ports.join(', ')},
						],
						fix: 'set allocateLoadBalancerNodePorts: false and remove the nodePorts, or filter them on the nodes',
						verify: [kubectl('get', 'service', service, '-o yaml')],
					},
				];
			}),
});
