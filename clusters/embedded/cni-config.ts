import {isIPv6} from 'node:net';
import type {PodLinks} from './pod-links.ts';

const everything = (subnet: string): string => (isIPv6(subnet.split('/')[0] as string) ? '::/0' : '0.0.0.0/0');

/** The CNI configuration of a node whose pods have these subnets, one of each family: Debian's plugins, host ports, no masquerading. */
export const cniConfig = (podSubnets: readonly string[], links: PodLinks): string =>
	JSON.stringify(
		{
			cniVersion: '1.0.0',
			name: 'vipcheck',
			plugins: [
				{
					...(links === 'bridge' ? {type: 'bridge', bridge: 'cni0', isDefaultGateway: true, hairpinMode: true} : {type: 'ptp'}),
					ipMasq: false,
					ipam: {
						type: 'host-local',
						dataDir: '/run/cni-ipam',
						ranges: podSubnets.map(subnet => [{subnet}]),
						...(links === 'ptp' && {routes: podSubnets.map(subnet => ({dst: everything(subnet)}))}),
					},
				},
				{type: 'portmap', capabilities: {portMappings: true}},
			],
		},
		undefined,
		'\t',
	);
