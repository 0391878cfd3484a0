import {rule, type Finding} from '../rule.ts';
import {clashes, clusterIpsOf} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'No two Services have the same ClusterIP',
	severity: 'error',
	layer: 'api',
	why:
		'The API server gives each address once; two Services with the same come from a restored backup or a repaired etcd. Each ' +
		'port goes to one of the two, and which one differs from node to node.',
	verify: ['kubectl get services -A | grep ADDRESS'],
	fix: 'Delete one of the two and make it anew without clusterIP.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/'],
	steps: [14],
	needs: ['services'],
	evaluate: ({services}) =>
		clashes(services, clusterIpsOf).map(([ip, those]): Finding => ({
			about: aboutService(those[0] ?? {}),
			summary: `Services ${those.map(fullName).join(' and ')} have the same ClusterIP ${ip}`,
			evidence: those.map(service => ({
				from: `${aboutService(service)} .spec.clusterIPs`,
				text: (service.spec?.clusterIPs ?? []).join(', '),
			})),
			fix: 'delete one of them and make it anew without clusterIP',
			verify: those.map(service => kubectl('get', 'service', service)),
		})),
});
