import {PROXY_NAME} from '../../model/passed-over.ts';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'kube-proxy serves every Service that has an address',
	severity: 'warning',
	layer: 'kube-proxy',
	why:
		'The label service.kubernetes.io/service-proxy-name hands a Service to another proxy, whatever its value: kube-proxy does ' +
		'not program it. Where no such proxy runs, its address leads nowhere.',
	verify: ['kubectl get services -A -l service.kubernetes.io/service-proxy-name'],
	fix: 'Take the label off, unless a proxy of that name runs.',
	refs: ['https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioservice-proxy-name'],
	steps: [13],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(
				({metadata, spec}) => PROXY_NAME in (metadata?.labels ?? {}) && spec?.clusterIP !== 'None' && spec?.type !== 'ExternalName',
			)
			.map((service): Finding => ({
				about: aboutService(service),
				confidence: 'likely',
				summary:
					`kube-proxy passes Service ${fullName(service)} over: its label hands it to the proxy ` +
					`${service.metadata?.labels?.[PROXY_NAME]}`,
				evidence: [
					{from: `${aboutService(service)} .metadata.labels[${PROXY_NAME}]`, text: service.metadata?.labels?.[PROXY_NAME] ?? ''},
				],
				fix: `remove the label ${PROXY_NAME}, unless that proxy runs`,
				verify: [kubectl('get', 'service', service, '--show-labels')],
			})),
});
