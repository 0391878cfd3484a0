import {isIP} from 'node:net';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, isExternalName, kubectl, portText} from '../views/objects.ts';

const WEB = [80, 443, 8080, 8443];

export default rule({
	title: 'An ExternalName is not used for HTTP or TLS',
	severity: 'info',
	layer: 'dns',
	why:
		"The client asks for the Service's name, and sends it as Host and as the TLS server name; the server behind the CNAME knows " +
		'neither: wrong pages, 404 or certificate errors. The ports of an ExternalName Service do nothing.',
	verify: ['kubectl -n NAMESPACE get service NAME -o yaml'],
	fix: 'Let clients use the real name, or put a proxy between that sets Host and the server name.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
	steps: [16],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(service => isExternalName(service) && isIP(service.spec?.externalName ?? '') === 0)
			.flatMap((service): readonly Finding[] => {
				const port = service.spec?.ports?.find(each => WEB.includes(each.port));
				if (!port) return [];
				return [
					{
						about: aboutService(service),
						confidence: 'possible',
						summary:
							`Service ${fullName(service)} is a CNAME to ${service.spec?.externalName} and has port ` +
							`${portText(port)}: HTTP and TLS to it carry the wrong name`,
						evidence: [
							{from: `${aboutService(service)} .spec.ports`, text: (service.spec?.ports ?? []).map(portText).join(', ')},
						],
						fix: `let clients use ${service.spec?.externalName} itself`,
						verify: [kubectl('get', 'service', service, '-o yaml')],
					},
				];
			}),
});
