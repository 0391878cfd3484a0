import {rule, type Finding} from '../rule.ts';

export default rule({
	title: 'kube-proxy can listen on the health port of every Service',
	severity: 'error',
	layer: 'lb',
	why:
		'A load balancer asks the healthCheckNodePort of each node whether it has endpoints. Where another process has the port, the ' +
		'check fails or lies: the balancer leaves the node out, or sends where nothing is.',
	verify: ['kubectl get events -A --field-selector reason=FailedToStartServiceHealthcheck', 'ss -ltnp sport = :PORT   # on the node'],
	fix: 'End the process that has the port, or give the Service another healthCheckNodePort.',
	refs: ['https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer'],
	steps: [60],
	confirmedBy: ['listeners'],
	needs: ['events'],
	evaluate: ({events}) =>
		events
			.filter(({reason}) => reason === 'FailedToStartServiceHealthcheck')
			.map(({involvedObject: {namespace, name}, message = ''}): Finding => ({
				about: `Service ${namespace}/${name}`,
				summary: `a kube-proxy cannot listen on the health port of Service ${namespace}/${name}`,
				evidence: [{from: 'event FailedToStartServiceHealthcheck', text: message}],
				fix: 'end the process that has the port on that node',
				verify: [`kubectl -n ${namespace} describe service ${name}`],
			})),
});
