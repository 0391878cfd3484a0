import {traitsOf} from '../../../lib/model/modes/traits.ts';
import type {Kernel} from './kernel.ts';

/** The host's own, which all nodes share: they are namespaces of it. */
export const host: Kernel = {
	fits(mode, {ipvs}) {
		const {needsIpvs} = traitsOf(mode);
		if (needsIpvs && ipvs === 'absent')
			return {
				ok: false,
				why: `mode ${mode} needs IPVS, which the kernel of this host neither has nor can load: leave out --node-kernel host`,
			};
		return {
			ok: true,
			kernel: 'host',
			why: `nodes are namespaces of this host${needsIpvs && ipvs === 'loadable' ? ', whose kernel loads IPVS' : ''}`,
		};
	},
	isHosts: true,
	programs: {},
	devices: {},
	proxyConfig: {},
	nftables: true,
	queuesPackets: true,
};
