import type {V1ObjectMeta, V1Service, V1ServicePort} from '@kubernetes/client-node';
import type {DnsQuestion} from '../dns-record.ts';
import type {IpFamily} from '../target.ts';
import {familyOf, numberOf} from './address.ts';
import {SERVICE_NAME} from './service-slices.ts';

/** Domain of a cluster that was given none (kubelet's clusterDomain as kubeadm sets it). */
export const ZONE = 'cluster.local';

/** The Service of the cluster's DNS servers, as every installer names it (kubelet's clusterDNS is its address). */
export const DNS_SERVICE = {namespace: 'kube-system', name: 'kube-dns'} as const;

/** The DNS servers. */
export const DNS_PODS = {namespace: DNS_SERVICE.namespace, labelSelector: 'k8s-app=kube-dns'} as const;

/** Whether an object is that Service, or a slice of it. */
export const isDnsService = (metadata: V1ObjectMeta | undefined): boolean =>
	metadata?.namespace === DNS_SERVICE.namespace && (metadata.labels?.[SERVICE_NAME] ?? metadata.name) === DNS_SERVICE.name;

type Named = {readonly name?: string | undefined; readonly namespace?: string | undefined};

/** The type of the records that hold addresses. */
export const addressType = (family: IpFamily): 'A' | 'AAAA' => (family === 'ipv6' ? 'AAAA' : 'A');

/** `name.namespace.svc.zone`. */
export const serviceName = ({name, namespace}: Named, zone = ZONE): string => `${name}.${namespace}.svc.${zone}`;

/** `_port._protocol` before the Service's name. */
export const portName = (service: Named, {name, protocol = 'TCP'}: Pick<V1ServicePort, 'name' | 'protocol'>, zone = ZONE): string =>
	`_${name}._${protocol.toLowerCase()}.${serviceName(service, zone)}`;

/**
 * First label of an endpoint's name. Without a hostname CoreDNS takes the address itself, dashes for its dots or colons; a label may not
 * end in one.
 */
export const endpointLabel = (ip: string, hostname?: string): string => hostname || ip.replaceAll(/[.:]/g, '-').replace(/-$/, '-0');

/** The name below in-addr.arpa or ip6.arpa that leads back from a canonical address. */
export const reverseName = (ip: string): string =>
	familyOf(ip) === 'ipv4'
		? `${ip.split('.').toReversed().join('.')}.in-addr.arpa`
		: `${[...numberOf(ip).toString(16).padStart(32, '0')].toReversed().join('.')}.ip6.arpa`;

/** What clients ask about a Service: its addresses in a family and its named ports, or what it is an alias of. */
export const questionsAbout = (
	{metadata = {}, spec}: V1Service,
	family: IpFamily,
	zone = ZONE,
): readonly (DnsQuestion & {readonly type: 'A' | 'AAAA' | 'SRV' | 'CNAME'})[] => {
	const name = serviceName(metadata, zone);
	if (spec?.type === 'ExternalName') return [{name, type: 'CNAME'}];
	return [
		{name, type: addressType(family)},
		...(spec?.ports ?? []).filter(port => port.name).map(port => ({name: portName(metadata, port, zone), type: 'SRV' as const})),
	];
};
