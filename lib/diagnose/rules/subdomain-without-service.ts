import {rule, type Finding} from '../rule.ts';
import {fullName, isHeadless, kubectl, someOf} from '../views/objects.ts';

export default rule({
	title: 'The subdomain of a pod is the name of a headless Service',
	severity: 'warning',
	layer: 'dns',
	why:
		"A pod's own name, HOSTNAME.SUBDOMAIN.NAMESPACE.svc, resolves only where a headless Service with the name of the subdomain " +
		'selects it. A StatefulSet takes its serviceName for it: with a wrong one its members do not find each other.',
	verify: [
		'kubectl -n NAMESPACE get service SUBDOMAIN',
		'kubectl -n NAMESPACE get statefulsets -o jsonpath={.items[*].spec.serviceName}',
	],
	fix: 'Make a headless Service (clusterIP: None) with that name and the labels of the pods.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields'],
	steps: [1],
	needs: ['services', 'pods'],
	evaluate({services, pods}): readonly Finding[] {
		const headless = new Set(services.filter(isHeadless).map(fullName));
		const without = pods.filter(
			({metadata, spec}) => spec?.subdomain && spec.hostname && !headless.has(`${metadata?.namespace}/${spec.subdomain}`),
		);
		return [...Map.groupBy(without, ({metadata, spec}) => `${metadata?.namespace}/${spec?.subdomain}`)].map(([name, those]) => {
			const other = services.find(service => fullName(service) === name);
			const [first] = those;
			return {
				about: `Service ${name}`,
				severity: other ? 'info' : 'warning',
				summary: other
					? `the names of pods ${someOf(those.map(fullName))} do not resolve: Service ${name} is not headless`
					: `the names of pods ${someOf(those.map(fullName))} do not resolve: there is no Service ${name}`,
				evidence: [{from: `pod ${first ? fullName(first) : ''} .spec.subdomain`, text: first?.spec?.subdomain ?? ''}],
				fix: `make a headless Service ${name} that selects these pods`,
				verify: [
					kubectl('get', 'service', {
						metadata: {namespace: first?.metadata?.namespace ?? '', name: first?.spec?.subdomain ?? ''},
					}),
				],
			};
		});
	},
});
