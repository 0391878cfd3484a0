import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import {canonicalIp} from '../model/address.ts';
import type {ExpectedRecord} from '../probe/records.ts';
import type {RecordType} from '../probe/vantage.ts';
import type {IpFamily} from '../target.ts';
import {slicesOf} from './versions.ts';

export type ExpectedAnswer = {readonly name: string; readonly type: RecordType; readonly answers: readonly ExpectedRecord[]};

const TYPES = {ipv4: {slice: 'IPv4', record: 'A'}, ipv6: {slice: 'IPv6', record: 'AAAA'}} as const;

/** CoreDNS names an address without a hostname by the address itself, dashes for dots. */
const labelOf = (ip: string): string => ip.replaceAll(/[.:]/g, '-');

/**
 * What the cluster's DNS must answer about a Service: its addresses, and SRV records of its named ports (github.com/kubernetes/dns, docs/specification.md;
 * CoreDNS shares a weight of 100 among the targets, rounded down). None for an ExternalName. `zone`: of the cluster, `cluster.local`.
 */
export const expectedRecords = (service: V1Service, slices: readonly V1EndpointSlice[], family: IpFamily, zone: string): readonly ExpectedAnswer[] => {
	const {type, clusterIP, clusterIPs = [], ports = [], publishNotReadyAddresses = false} = service.spec ?? {};
	if (type === 'ExternalName') return [];
	const name = `${service.metadata?.name}.${service.metadata?.namespace}.svc.${zone}`;
	const srv = (port: {readonly name?: string | undefined; readonly protocol?: string | undefined}): string => `_${port.name}._${(port.protocol ?? 'TCP').toLowerCase()}.${name}`;
	if (clusterIP !== 'None') {
		const own = clusterIPs.filter(ip => ip.includes(':') === (family === 'ipv6'));
		return [
			{name, type: TYPES[family].record, answers: own.map(data => ({name, type: TYPES[family].record, data}))},
			...ports.filter(port => port.name).map(port => ({name: srv(port), type: 'SRV' as const, answers: [{name: srv(port), type: 'SRV', data: `0 100 ${port.port} ${name}`}]})),
		];
	}
	const own = slicesOf(service, slices).filter(({addressType}) => addressType === TYPES[family].slice);
	const targets = own.flatMap(slice => (slice.endpoints ?? []).filter(({conditions}) => conditions?.ready !== false || publishNotReadyAddresses)
		.flatMap(endpoint => endpoint.addresses.map(ip => ({ip: canonicalIp(ip) ?? ip, host: endpoint.hostname || labelOf(ip), ports: slice.ports ?? []}))));
	return [
		{name, type: TYPES[family].record, answers: [...new Set(targets.map(({ip}) => ip))].map(data => ({name, type: TYPES[family].record, data}))},
		...ports.filter(port => port.name).map(port => {
			const answering = targets.flatMap(({host, ports: numbers}) => numbers.filter(one => one.name === port.name).map(one => `${one.port} ${host}.${name}`));
			return {name: srv(port), type: 'SRV' as const, answers: answering.map(target => ({name: srv(port), type: 'SRV', data: `0 ${Math.max(1, Math.floor(100 / answering.length))} ${target}`}))};
		}),
	];
};
