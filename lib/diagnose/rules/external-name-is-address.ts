import {isIP} from 'node:net';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, isExternalName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'An externalName is a name, not an address',
	severity: 'error',
	layer: 'dns',
	why:
		'A Service of type ExternalName is a CNAME record. Digits and dots are taken for a name of the DNS, which does not exist: ' +
		'the lookup fails.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.externalName}'],
	fix: 'Make a Service without a selector and an EndpointSlice that holds the address.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
	steps: [15],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(service => isExternalName(service) && isIP((service.spec?.externalName ?? '').replace(/\.$/, '')) !== 0)
			.map((service): Finding => ({
				about: aboutService(service),
				summary:
					`the externalName of Service ${fullName(service)} is the address ${service.spec?.externalName}, which DNS takes ` +
					'for a name that does not exist',
				evidence: [{from: `${aboutService(service)} .spec.externalName`, text: service.spec?.externalName ?? ''}],
				fix: `make it a Service without a selector, with an EndpointSlice that holds ${service.spec?.externalName}`,
				verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.externalName}')],
			})),
});
