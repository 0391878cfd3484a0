import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, secondsSince} from '../views/objects.ts';

const GIVEN_SECONDS = 30;

export default rule({
	title: 'A load balancer class is one that somebody serves',
	severity: 'error',
	layer: 'lb',
	why:
		'A Service with loadBalancerClass is left alone by every controller but the one of that class; a cloud provider takes only ' +
		'Services without one. A class that nobody serves stays <pending> for ever, without an event.',
	verify: [
		'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.loadBalancerClass}',
		'kubectl get services -A -o jsonpath={range .items[*]}{.spec.loadBalancerClass}{"\\n"}{end} | sort | uniq -c',
	],
	fix: 'Make the Service anew with a class that is served, or without one: the field cannot be changed.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class'],
	steps: [28],
	needs: ['services'],
	evaluate: ({services, atMs}) => {
		const served = new Set(
			services
				.filter(({status}) => (status?.loadBalancer?.ingress?.length ?? 0) > 0)
				.flatMap(({spec}) => spec?.loadBalancerClass ?? []),
		);
		return services
			.filter(
				({spec, status, metadata}) =>
					spec?.type === 'LoadBalancer' &&
					Boolean(spec.loadBalancerClass) &&
					(status?.loadBalancer?.ingress?.length ?? 0) === 0 &&
					secondsSince(metadata?.creationTimestamp, atMs) > GIVEN_SECONDS,
			)
			.map((service): Finding => {
				const {loadBalancerClass = ''} = service.spec ?? {};
				return {
					about: aboutService(service),
					confidence: 'likely',
					summary:
						`Service ${fullName(service)} waits for a load balancer of the class ` +
						loadBalancerClass +
						(served.has(loadBalancerClass) ? ', which serves other Services' : ', and no Service of this class has an address'),
					evidence: [
						{from: `${aboutService(service)} .spec.loadBalancerClass`, text: loadBalancerClass},
						{from: 'classes with an address', text: [...served].join(', ') || 'none'},
					],
					fix: served.has(loadBalancerClass)
						? 'look into the log of the controller of this class'
						: 'make the Service anew with a class that is served, or without one',
					verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.loadBalancerClass}')],
				};
			});
	},
});
