import {nodeView} from '../../node-view.ts';
import {servicePorts} from '../../service-ports.ts';
import type {ClusterState} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Graph} from '../graph.ts';
import {localTraffic} from '../local-traffic.ts';
import type {NodeFacts} from '../node-addresses.ts';
import {graphOf} from '../part.ts';
import {boundFor, expectedAddresses, nodePortIps} from './addresses.ts';
import {ipvsChains, outFilter} from './chains.ts';
import {portEntries} from './entries.ts';
import {virtualServers} from './servers.ts';
import {ipsets} from './sets.ts';
import type {Entry} from './sets.ts';

const DEFAULT_SCHEDULER = 'rr';

/**
 * Everything that kube-proxy in ipvs mode programs on one node in one family, with what kubelet holds of the same (KUBE-FIREWALL): ipsets,
 * virtual servers with their real servers, addresses of kube-ipvs0 and chains of iptables. `facts.addresses`: without those of kube-ipvs0.
 * Source: pkg/proxy/ipvs/proxier.go of 1.37; 1.35 and 1.36 program the same.
 */
export const expectedIpvs = (
	state: ClusterState,
	node: string,
	family: IpFamily,
	facts: Pick<NodeFacts, 'addresses' | 'randomFully'> = {},
): Graph => {
	const {proxy} = state;
	const view = nodeView(state, node, family, facts.addresses);
	const ports = servicePorts(state, node, family);
	const bound = boundFor(view, ports);
	const nodeIps = nodePortIps(view, bound.keys());
	const entries: readonly Entry[] = [
		...ports.flatMap(port => portEntries(port, view, nodeIps)),
		...[...bound].map(([ip, about]): Entry => ['IPVS-IPS', ip, about]),
	];
	const filled = new Set(entries.map(([set]) => set));
	return graphOf([
		...ipsets(entries, family),
		...virtualServers(ports, view, nodeIps, {scheduler: proxy.ipvs?.scheduler ?? DEFAULT_SCHEDULER}),
		expectedAddresses(bound),
		...ipvsChains({
			family,
			masqueradeAll: proxy.masqueradeAll,
			masqueradeBit: proxy.masqueradeBit,
			localTraffic: localTraffic(proxy, view),
			filled,
			randomFully: facts.randomFully ?? true,
		}),
		outFilter(ports, view),
	]);
};
