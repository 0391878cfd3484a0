import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';
import {isExternal} from '../views/services.ts';

export default rule({
	title: 'Session affinity by address is used where clients have addresses of their own',
	severity: 'info',
	layer: 'rules',
	why:
		'sessionAffinity: ClientIP knows clients by their source address at the node. Behind a proxy or a load balancer that ' +
		'rewrites it all clients are one, and one pod gets all of their load.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.sessionAffinity}'],
	fix:
		'Keep the client address up to the node (externalTrafficPolicy: Local, proxy protocol is not enough), or use affinity by ' +
		'cookies at an ingress.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
	steps: [24],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(
				service =>
					service.spec?.sessionAffinity === 'ClientIP' && isExternal(service) && service.spec.externalTrafficPolicy !== 'Local',
			)
			.map((service): Finding => ({
				about: aboutService(service),
				confidence: 'possible',
				summary:
					`Service ${fullName(service)} keeps clients by their address and takes traffic from outside, where many may ` +
					'share one',
				evidence: [
					{
						from: `${aboutService(service)} .spec`,
						text:
							`sessionAffinity: ClientIP, type: ${service.spec?.type}, externalTrafficPolicy: ` +
							`${service.spec?.externalTrafficPolicy ?? 'Cluster'}`,
					},
				],
				fix: 'look whether its clients arrive with addresses of their own',
				verify: [kubectl('get', 'service', service, '-o yaml')],
			})),
});
