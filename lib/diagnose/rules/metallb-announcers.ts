import {part, text} from '../../facts/parse/json.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {balancerIpsOf} from '../views/addresses.ts';
import {aboutService, fullName} from '../views/objects.ts';

export default rule({
	title: 'Each layer 2 address of MetalLB is announced by one node',
	severity: 'error',
	layer: 'lb',
	why:
		'One speaker answers ARP for an address, and says so in a ServiceL2Status. Two mean that the nodes do not hear each other, ' +
		'and that connections break; none, that nobody answers.',
	verify: ['kubectl -n metallb-system get servicel2statuses'],
	fix: 'Let the speakers reach each other on TCP and UDP 7946.',
	refs: ['https://metallb.io/concepts/layer2/'],
	steps: [42],
	needs: ['services', 'l2Statuses', 'l2Advertisements'],
	evaluate({services, l2Statuses, l2Advertisements}) {
		if (l2Statuses.length === 0)
			return notApplicable(
				l2Advertisements.length === 0 ? 'MetalLB announces nothing on layer 2' : 'this MetalLB writes no ServiceL2Status',
			);
		return services
			.filter(service => balancerIpsOf(service).length > 0)
			.flatMap((service): readonly Finding[] => {
				const nodes = l2Statuses
					.filter(
						({status = {}}) =>
							text(status['serviceNamespace']) === service.metadata?.namespace &&
							text(status['serviceName']) === service.metadata?.name,
					)
					.map(one => text(part(one, 'status')['node']) ?? '');
				if (new Set(nodes).size < 2) return [];
				return [
					{
						about: aboutService(service),
						summary:
							`${[...new Set(nodes)].join(' and ')} announce the address of Service ${fullName(service)} at the same ` +
							'time',
						evidence: [{from: `ServiceL2Status of ${fullName(service)}`, text: nodes.join(', ')}],
						fix: 'let the speakers reach each other on port 7946 (TCP and UDP)',
						verify: ['kubectl -n metallb-system get servicel2statuses -o wide'],
					},
				];
			});
	},
});
