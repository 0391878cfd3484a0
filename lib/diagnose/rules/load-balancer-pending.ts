import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, secondsSince} from '../views/objects.ts';

/** Clouds take a minute or two. */
const GIVEN_SECONDS = 120;

export default rule({
	title: 'A Service of type LoadBalancer has an address within two minutes',
	severity: 'error',
	layer: 'lb',
	why:
		"Somebody must give the address: a cloud controller, MetalLB, k3s' servicelb … Without one, or when its pool is used up, or " +
		'for a class that nobody serves, the Service stays <pending>. Its ClusterIP and NodePorts work meanwhile.',
	verify: ['kubectl -n NAMESPACE get service NAME', 'kubectl -n NAMESPACE describe service NAME   # Events'],
	fix: 'Install a load balancer controller, give its pool more addresses, or name a class that one of them serves.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer'],
	steps: [28],
	needs: ['services'],
	sees: ['events'],
	evaluate: ({services, events = [], atMs}) =>
		services
			.filter(
				({spec, status, metadata}) =>
					spec?.type === 'LoadBalancer' &&
					(status?.loadBalancer?.ingress?.length ?? 0) === 0 &&
					!spec.loadBalancerClass &&
					secondsSince(metadata?.creationTimestamp, atMs) > GIVEN_SECONDS,
			)
			.map((service): Finding => {
				const last = events.findLast(
					({involvedObject: {kind, name, namespace}}) =>
						kind === 'Service' && name === service.metadata?.name && namespace === service.metadata?.namespace,
				);
				return {
					about: aboutService(service),
					summary:
						`Service ${fullName(service)} of type LoadBalancer has got no address ` +
						`${last ? `(${last.reason})` : 'and no event says why: no controller seems to serve it'}`,
					evidence: [
						{from: `${aboutService(service)} .status.loadBalancer.ingress`, text: '<none>'},
						...(last ? [{from: `event ${last.reason}`, text: last.message ?? ''}] : []),
					],
					fix: last ? 'mend what the event names' : 'install a load balancer controller, or use type NodePort',
					verify: [kubectl('describe', 'service', service)],
				};
			}),
});
