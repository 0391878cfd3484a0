import {rule, type Finding} from '../rule.ts';
import {balancerIpsOf, clashes} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'Services that share the address of a load balancer have different ports and the same policy',
	severity: 'error',
	layer: 'lb',
	why:
		'Two Services with the same address, port and protocol: kube-proxy serves one of them, and which one differs from node to ' +
		'node. With different traffic policies, the address is announced from nodes that drop what is for the other.',
	verify: ['kubectl get services -A | grep ADDRESS'],
	fix: 'Give them different ports, the same externalTrafficPolicy, or addresses of their own.',
	refs: ['https://metallb.io/usage/#ip-address-sharing'],
	steps: [29],
	needs: ['services'],
	evaluate: ({services}) => {
		const balanced = services.filter(service => balancerIpsOf(service).length > 0);
		const same = clashes(balanced, service =>
			balancerIpsOf(service).flatMap(ip =>
				(service.spec?.ports ?? []).map(({port, protocol = 'TCP'}) => `${ip} ${port}/${protocol}`),
			),
		);
		const policies = clashes(balanced, balancerIpsOf).filter(
			([, those]) => new Set(those.map(({spec}) => spec?.externalTrafficPolicy ?? 'Cluster')).size > 1,
		);
		return [
			...same.map(([key, those]): Finding => ({
				about: aboutService(those[0] ?? {}),
				summary: `Services ${those.map(fullName).join(' and ')} both claim ${key} at their load balancer`,
				evidence: those.map(service => ({
					from: `${aboutService(service)} .status.loadBalancer.ingress`,
					text: balancerIpsOf(service).join(', '),
				})),
				fix: 'give one of them another port or address',
				verify: those.map(service => kubectl('get', 'service', service)),
			})),
			...policies.map(([ip, those]): Finding => ({
				about: aboutService(those[0] ?? {}),
				severity: 'warning',
				summary: `Services ${those.map(fullName).join(' and ')} share ${ip} and have different external traffic policies`,
				evidence: those.map(service => ({
					from: `${aboutService(service)} .spec.externalTrafficPolicy`,
					text: service.spec?.externalTrafficPolicy ?? 'Cluster',
				})),
				fix: 'give them the same externalTrafficPolicy, or addresses of their own',
				verify: those.map(service => kubectl('get', 'service', service, '-o jsonpath={.spec.externalTrafficPolicy}')),
			})),
		];
	},
});
