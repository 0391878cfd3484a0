import {canonicalCidr, familyOf} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {familiesOf} from '../views/endpoints.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'Source ranges name networks of every family that the Service has',
	severity: 'warning',
	layer: 'rules',
	why: 'Ranges are sorted by family. A family for which none is left has no restriction at all: kube-proxy lets everybody in.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.loadBalancerSourceRanges}{.spec.ipFamilies}'],
	fix: 'Name at least one range of each family.',
	refs: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/'],
	steps: [31],
	needs: ['services'],
	evaluate: ({services}) =>
		services.flatMap((service): readonly Finding[] => {
			const ranges = (service.spec?.loadBalancerSourceRanges ?? []).flatMap(text => canonicalCidr(text) ?? []);
			const open = familiesOf(service).filter(family => !ranges.some(cidr => familyOf(cidr) === family.toLowerCase()));
			if (ranges.length === 0 || open.length === 0) return [];
			return [
				{
					about: aboutService(service),
					summary:
						`the source ranges of Service ${fullName(service)} name no network of ${open.join(', ')}, so everybody gets ` +
						'in there',
					evidence: [{from: `${aboutService(service)} .spec.loadBalancerSourceRanges`, text: ranges.join(', ')}],
					fix: `add a range of ${open.join(' and ')}`,
					verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.loadBalancerSourceRanges}')],
				},
			];
		}),
});
