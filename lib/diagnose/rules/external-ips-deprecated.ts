import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'No Service uses externalIPs, which are on their way out',
	severity: 'info',
	layer: 'api',
	why:
		'The field lets everybody who may make a Service take the traffic of any address (CVE-2020-8554). It is deprecated since ' +
		'1.36; kube-proxy will stop serving it by default in 1.40 and drop it in 1.43 (KEP-5707).',
	verify: ['kubectl get services -A -o jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.externalIPs}{"\\n"}{end}'],
	fix: 'Move to a load balancer that gives addresses (MetalLB and others take externally chosen ones), or to the Gateway API.',
	refs: ['https://github.com/kubernetes/enhancements/issues/5707'],
	steps: [32],
	needs: ['services'],
	evaluate: ({services}) =>
		services
			.filter(({spec}) => (spec?.externalIPs?.length ?? 0) > 0)
			.map((service): Finding => ({
				about: aboutService(service),
				summary: `Service ${fullName(service)} uses externalIPs, which are deprecated`,
				evidence: [{from: `${aboutService(service)} .spec.externalIPs`, text: (service.spec?.externalIPs ?? []).join(', ')}],
				fix: 'plan its move to type LoadBalancer or the Gateway API',
				verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.externalIPs}')],
			})),
});
