import {has} from '../../minors.ts';
import {nameOf} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {ServicePort} from '../../state.ts';
import type {Container, Part} from '../graph.ts';
import type {NodePortAddresses} from '../node-addresses.ts';
import {part} from '../part.ts';
import type {Policy} from '../policy.ts';
import {mapHeader, roleOf, setHeader, storeOf} from './containers.ts';
import {nftNames} from './names.ts';
import {wordsOf} from './words.ts';

/** An element of one of the maps and sets that all Services share; no value: of a set. */
type Element = {
	readonly store: string;
	readonly key: string;
	readonly value?: string;
	readonly about: string;
};

export type StoreFacts = {
	readonly family: IpFamily;
	readonly nodePorts: NodePortAddresses;
	readonly minor: number;
};

const REFUSE = 'goto reject-chain';

/** What one port puts into the shared maps and sets (syncProxyRules of pkg/proxy/nftables/proxier.go). */
export const nftElements = (port: ServicePort, {hasEndpoints, hasInternal, hasExternal, reachable}: Policy): readonly Element[] => {
	const names = nftNames(port);
	const about = nameOf(port);
	const protocol = port.protocol.toLowerCase();
	const at = (ip: string): string => `${ip} . ${protocol} . ${port.port}`;
	// No endpoint anywhere: refused; none here, which the policy asks for: dropped.
	const dead = hasEndpoints ? 'drop' : REFUSE;
	const outer = (live: string, none: string, key: string): readonly Element[] => [
		...(hasEndpoints ? [{store: live, key, value: `goto ${names.external}`, about}] : []),
		...(hasExternal ? [] : [{store: none, key, value: dead, about}]),
	];
	const elements: readonly Element[] = [
		{store: 'cluster-ips', key: port.clusterIP, about},
		hasInternal
			? {store: 'service-ips', key: at(port.clusterIP), value: `goto ${port.internalLocal ? names.local : names.cluster}`, about}
			: {store: 'no-endpoint-services', key: at(port.clusterIP), value: dead, about},
		...[...port.externalIPs, ...port.loadBalancerVIPs].flatMap(ip => outer('service-ips', 'no-endpoint-services', at(ip))),
		...(port.sourceRanges.length > 0
			? port.loadBalancerVIPs.map(ip => ({store: 'firewall-ips', key: at(ip), value: `goto ${names.firewall}`, about}))
			: []),
		...(port.nodePort === undefined ? [] : outer('service-nodeports', 'no-endpoint-nodeports', `${protocol} . ${port.nodePort}`)),
		...reachable
			.filter(({local}) => local)
			.map(({ip, port: number}) => ({store: 'hairpin-connections', key: `${ip} . ${ip} . ${protocol} . ${number}`, about})),
	];
	// Where a Service claims its own address again, what comes later counts.
	return [...new Map(elements.map(element => [`${element.store} ${element.key}`, element])).values()];
};

/** Elements with one key become one; whose value it has is left to Go's order of iteration, so any will do. */
const partsOf = (name: string, elements: readonly Element[]): readonly Part[] =>
	[...Map.groupBy(elements, ({key}) => key).values()].map(same => {
		const [one, ...more] = [...new Map(same.map(each => [each.value, each])).values()].map(({key, value, about}) => ({
			pieces: value === undefined ? [key] : [key, `: ${value}`],
			about,
		}));
		const or = more.map(({pieces}) => pieces.join(' '));
		return part(one?.pieces ?? [], {role: roleOf(name), about: one?.about, ...(or.length > 0 && {or})});
	});

/** The maps and sets that all Services share, with what is in them. */
export const nftStores = ({family, nodePorts, minor}: StoreFacts, elements: readonly Element[]): readonly Container[] => {
	const {addressType} = wordsOf(family);
	const of = Map.groupBy(elements, ({store}) => store);
	const set = (name: string, type: string): Container =>
		storeOf(family, 'set', name, {header: setHeader(type), elements: partsOf(name, of.get(name) ?? [])});
	const map = (name: string, type: string): Container =>
		storeOf(family, 'map', name, {header: mapHeader(type, 'verdict'), elements: partsOf(name, of.get(name) ?? [])});
	const [target, nodePort] = [`${addressType} . inet_proto . inet_service`, 'inet_proto . inet_service'];
	return [
		set('cluster-ips', addressType),
		...(has('nftSharedMasquerading', minor) ? [set('hairpin-connections', `${addressType} . ${target}`)] : []),
		...(nodePorts.all
			? []
			: [
					storeOf(family, 'set', 'nodeport-ips', {
						header: setHeader(addressType),
						elements: nodePorts.ips.map(ip => part([ip], {role: 'dispatch'})),
					}),
				]),
		map('service-ips', target),
		map('no-endpoint-services', target),
		map('firewall-ips', target),
		map('service-nodeports', nodePort),
		map('no-endpoint-nodeports', nodePort),
	];
};
