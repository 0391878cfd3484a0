import {rule, type Finding} from '../rule.ts';
import {clashes} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'No two Services have the same NodePort',
	severity: 'error',
	layer: 'api',
	why:
		'The API server gives each NodePort once a protocol; two Services with the same come from a restored backup. All traffic ' +
		'goes to one of them, and which one differs from node to node.',
	verify: ['kubectl get services -A -o wide | grep NODEPORT'],
	fix: 'Remove the nodePort from one of them, so that it gets another.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
	steps: [33],
	needs: ['services'],
	evaluate: ({services}) =>
		clashes(services, ({spec}) =>
			(spec?.ports ?? []).flatMap(({nodePort, protocol = 'TCP'}) => (nodePort ? [`${nodePort}/${protocol}`] : [])),
		).map(([port, those]): Finding => ({
			about: aboutService(those[0] ?? {}),
			summary: `Services ${those.map(fullName).join(' and ')} have the same NodePort ${port}`,
			evidence: those.map(service => ({from: `${aboutService(service)} .spec.ports[].nodePort`, text: port})),
			fix: 'remove the nodePort from one of them, so that it gets another',
			verify: those.map(service => kubectl('get', 'service', service)),
		})),
});
