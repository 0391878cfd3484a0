import {cidrHolds, familyOf} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {clusterIpsOf, rangesOf} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'A ClusterIP is of a range of the cluster',
	severity: 'error',
	layer: 'api',
	why:
		'Addresses outside of every ServiceCIDR come from a restored backup or a changed range. The API server may give the same ' +
		'address to another Service, routers do not know it, and nftables mode and others treat it as foreign.',
	verify: ['kubectl get servicecidrs', 'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.clusterIPs}'],
	fix: 'Make the Service anew, so that it gets an address of the range; or add a ServiceCIDR that holds it.',
	refs: ['https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/'],
	steps: [14],
	needs: ['services', 'serviceCIDRs'],
	evaluate: ({services, serviceCIDRs}) => {
		const ranges = rangesOf(serviceCIDRs);
		return services.flatMap((service): readonly Finding[] => {
			const outside = clusterIpsOf(service).filter(
				ip => ranges.some(cidr => familyOf(cidr) === familyOf(ip)) && !ranges.some(cidr => cidrHolds(cidr, ip)),
			);
			if (outside.length === 0) return [];
			return [
				{
					about: aboutService(service),
					summary: `the address ${outside.join(', ')} of Service ${fullName(service)} is in none of the cluster's ranges`,
					evidence: [
						{from: `${aboutService(service)} .spec.clusterIPs`, text: outside.join(', ')},
						{from: 'ServiceCIDRs .spec.cidrs', text: ranges.join(', ')},
					],
					fix: 'delete the Service and make it anew without clusterIP',
					verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.clusterIPs}'), 'kubectl get servicecidrs'],
				},
			];
		});
	},
});
