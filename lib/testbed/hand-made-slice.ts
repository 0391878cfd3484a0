import type {V1EndpointSlice} from '@kubernetes/client-node';
import type {Testbed} from './testbed.ts';

/** The one EndpointSlice of a Service without a selector, whose only port is `http`. */
export const handMadeSlice = (
	{namespace, family}: Pick<Testbed, 'namespace' | 'family'>,
	{
		service,
		port,
		ips,
	}: {
		readonly service: string;
		readonly port: number;
		readonly ips: readonly string[];
	},
): V1EndpointSlice & {readonly apiVersion: string; readonly kind: string} => ({
	apiVersion: 'discovery.k8s.io/v1',
	kind: 'EndpointSlice',
	metadata: {
		name: `${service}-by-hand`,
		namespace,
		labels: {'kubernetes.io/service-name': service, 'endpointslice.kubernetes.io/managed-by': 'vipcheck'},
	},
	addressType: family === 'ipv6' ? 'IPv6' : 'IPv4',
	ports: [{name: 'http', protocol: 'TCP', port}],
	endpoints: ips.map(ip => ({addresses: [ip], conditions: {ready: true}})),
});
