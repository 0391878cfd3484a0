import {list, part, text, texts} from '../../facts/parse/json.ts';
import type {PlainObject} from '../facts.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {fits} from '../views/policies.ts';

const nameOf = ({metadata}: PlainObject): string => metadata?.name ?? '';

/** An advertisement without pools and selectors is for all pools. */
const covers = ({spec = {}}: PlainObject, pool: PlainObject): boolean => {
	const names = texts(spec['ipAddressPools']);
	const selectors = list(spec['ipAddressPoolSelectors']);
	if (names.length === 0 && selectors.length === 0) return true;
	return names.includes(nameOf(pool)) || selectors.some(selector => fits(selector as Parameters<typeof fits>[0], pool.metadata?.labels));
};

export default rule({
	title: 'Every address pool of MetalLB is announced',
	severity: 'error',
	layer: 'lb',
	why:
		'A pool gives addresses to Services, and an L2Advertisement or BGPAdvertisement makes the network know them. Without one for ' +
		'its pool a Service has an address that nobody answers for.',
	verify: ['kubectl -n metallb-system get ipaddresspools,l2advertisements,bgpadvertisements'],
	fix: 'Make an L2Advertisement (or BGPAdvertisement) that names the pool.',
	refs: ['https://metallb.io/configuration/#announce-the-service-ips'],
	steps: [42],
	needs: ['addressPools', 'l2Advertisements', 'bgpAdvertisements'],
	evaluate({addressPools, l2Advertisements, bgpAdvertisements}) {
		if (addressPools.length === 0) return notApplicable('MetalLB has no address pool');
		const all = [...l2Advertisements, ...bgpAdvertisements];
		return addressPools
			.filter(pool => !all.some(one => covers(one, pool)))
			.map((pool): Finding => ({
				about: `IPAddressPool ${nameOf(pool)}`,
				summary:
					`no advertisement announces the addresses of the pool ${nameOf(pool)} ` +
					`(${texts(part(pool, 'spec')['addresses']).join(', ')})`,
				evidence: [
					{
						from: 'L2Advertisements and BGPAdvertisements',
						text:
							all
								.map(
									one =>
										`${nameOf(one)}: ` +
										(texts(one.spec?.['ipAddressPools']).join(', ') ||
											text(one.spec?.['ipAddressPoolSelectors']) ||
											'by selectors'),
								)
								.join('; ') || 'none',
					},
				],
				fix: `make an L2Advertisement with ipAddressPools: [${nameOf(pool)}]`,
				verify: ['kubectl -n metallb-system get l2advertisements,bgpadvertisements -o yaml'],
			}));
	},
});
