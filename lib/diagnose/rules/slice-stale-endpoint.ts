import {canonicalIp, cidrHolds} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf, slicesFor} from '../views/endpoints.ts';
import {aboutService, fullName, someOf, listSlices} from '../views/objects.ts';
import {podAt} from '../views/pods.ts';
import {nodeIps} from '../views/addresses.ts';

export default rule({
	title: "An endpoint of the pods' networks is the address of a pod that lives",
	severity: 'error',
	layer: 'endpoints',
	why:
		'Endpoints written by hand are not followed when pods come and go: the address leads nowhere, or later to somebody else. ' +
		'Where a controller wrote them, it is not at work.',
	verify: [
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o wide',
		'kubectl get pods -A -o wide | grep ADDRESS',
	],
	fix: 'Give the Service a selector, so that its endpoints follow the pods; or correct the address.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
	steps: [12],
	needs: ['services', 'slices', 'pods', 'nodes'],
	evaluate: ({services, slices, pods, nodes}) => {
		const networks = nodes.flatMap(({spec}) => spec?.podCIDRs ?? []);
		const ofNodes = nodeIps(nodes);
		return services.flatMap((service): readonly Finding[] => {
			const stale = endpointsOf(slicesFor(service, slices)).flatMap(({addresses, conditions}) =>
				conditions?.ready === false
					? []
					: addresses.flatMap(address => {
							const ip = canonicalIp(address) ?? address;
							const isPods = networks.some(cidr => cidrHolds(cidr, ip));
							return isPods && !podAt(ip, pods) && !ofNodes.has(ip) ? [ip] : [];
						}),
			);
			const [first] = stale;
			if (first === undefined) return [];
			return [
				{
					about: aboutService(service),
					summary: `Service ${fullName(service)} sends to ${someOf(stale)}, which is in the pods' network and no pod has`,
					evidence: [
						{from: `EndpointSlices of ${fullName(service)}`, text: someOf(stale)},
						{from: 'pods with this address', text: 'none'},
					],
					fix: 'correct the address in the slice, or give the Service a selector',
					verify: [`kubectl get pods -A -o wide | grep -F ${first}`, listSlices(service)],
				},
			];
		});
	},
});
