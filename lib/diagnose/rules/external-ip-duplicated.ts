import {rule, type Finding} from '../rule.ts';
import {balancerIpsOf, clashes, externalIpsOf} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'No two Services claim the same external address and port',
	severity: 'error',
	layer: 'rules',
	why:
		'Nobody checks externalIPs: two Services may name the same address, port and protocol. Each node serves one of them, and not ' +
		'every node the same.',
	verify: ['kubectl get services -A -o wide | grep ADDRESS'],
	fix: 'Give one of them another address or port.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#external-ips'],
	steps: [32, 29],
	needs: ['services'],
	evaluate: ({services}) =>
		clashes(services, service =>
			[...externalIpsOf(service), ...balancerIpsOf(service)].flatMap(ip =>
				(service.spec?.ports ?? []).map(({port, protocol = 'TCP'}) => `${ip} ${port}/${protocol}`),
			),
		)
			.filter(([, those]) => those.some(service => externalIpsOf(service).length > 0))
			.map(([key, those]): Finding => ({
				about: aboutService(those.find(service => externalIpsOf(service).length > 0) ?? {}),
				summary: `Services ${those.map(fullName).join(' and ')} claim the same address and port: ${key}`,
				evidence: those.map(service => ({
					from: `${aboutService(service)} .spec.externalIPs`,
					text: [...externalIpsOf(service), ...balancerIpsOf(service)].join(', '),
				})),
				fix: 'give one of them another address or port',
				verify: those.map(service => kubectl('get', 'service', service)),
			})),
});
