import type {V1Service} from '@kubernetes/client-node';
import {FAMILY_NAMES} from '../../model/address.ts';
import {aside, broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts} from '../facts.ts';
import {fullName} from '../versions.ts';

const HOP = {name: 'the Service exists and has an address', layer: 'api'} as const;

/** `among`: a Service without an address of the family is the fault only where no other of its namespace has one. */
const findingOf = (service: V1Service, family: ChainFacts['family'], among: readonly V1Service[]): readonly Finding[] => {
	const {type, clusterIP = '', ipFamilies = [], clusterIPs = []} = service.spec ?? {};
	if (type === 'ExternalName' || clusterIP === 'None') return [];
	if (clusterIP === '') return [broken(`Service ${fullName(service)} has no cluster address`)];
	const index = ipFamilies.indexOf(FAMILY_NAMES[family]);
	if (ipFamilies.length > 0 && (index < 0 || !clusterIPs[index]))
		return [
			(among.some(other => other.spec?.ipFamilies?.includes(FAMILY_NAMES[family])) ? aside : broken)(
				`Service ${fullName(service)} has no ${FAMILY_NAMES[family]} address, only ${clusterIPs.join(', ')}`,
			),
		];
	return [];
};

/** Service exists and has an address. */
export const servicesHop = ({services, family, namespace}: Pick<ChainFacts, 'services' | 'family' | 'namespace'>): Hop => {
	if (!services.ok) return hopOf(HOP, [unknown(`${services.source}: ${services.why}`)]);
	return hopOf(
		HOP,
		services.value.flatMap(service => findingOf(service, family, services.value)),
		services.value.length === 0
			? [`there is no Service in ${namespace}`]
			: services.value.map(
					service =>
						`${fullName(service)}: ${service.spec?.type} ` +
						`${service.spec?.clusterIPs?.join(', ') ?? service.spec?.externalName ?? ''}`,
				),
	);
};
