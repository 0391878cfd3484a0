import {nodeView} from '../../node-view.ts';
import {servicePorts} from '../../service-ports.ts';
import type {IpFamily} from '../../../target.ts';
import type {ClusterState} from '../../state.ts';
import type {Container, Graph} from '../graph.ts';
import {localTraffic} from '../local-traffic.ts';
import {nodePortAddresses} from '../node-addresses.ts';
import type {NodeFacts, NodePortAddresses} from '../node-addresses.ts';
import {container, graphOf, part} from '../part.ts';
import {policyOf} from '../policy.ts';
import {iptablesChains} from './chains.ts';
import {iptablesDispatch} from './dispatch.ts';
import {iptablesFrame} from './frame.ts';
import {jump, to} from './words.ts';

const LOCALHOST = {ipv4: '127.0.0.0/8', ipv6: '::1/128'} as const;
const REJECT = {ipv4: 'REJECT --reject-with icmp-port-unreachable', ipv6: 'REJECT --reject-with icmp6-port-unreachable'} as const;

/** The way to KUBE-NODEPORTS, after everything else. */
const toNodePorts = ({all, ips, holdsLocalhost}: NodePortAddresses, family: IpFamily, overLocalhost: boolean): Container => {
	const matches = all
		? [[overLocalhost ? '' : `! ${to(LOCALHOST[family])}`, '-m addrtype --dst-type LOCAL']]
		: [...(overLocalhost && holdsLocalhost ? ['127.0.0.1'] : []), ...ips].map(ip => [to(ip)]);
	const parts = matches.map(pieces => part([...pieces, jump('KUBE-NODEPORTS')], {role: 'dispatch', last: true}));
	return container({where: 'nat KUBE-SERVICES', kind: 'chain', ordered: false, role: 'dispatch', parts});
};

/**
 * Everything that kube-proxy in iptables mode programs on one node in one family, with what kubelet holds of the same (KUBE-FIREWALL).
 * Source: pkg/proxy/iptables/proxier.go of 1.37; 1.34 to 1.36 program the same.
 */
export const expectedIptables = (state: ClusterState, node: string, family: IpFamily, facts: NodeFacts = {}): Graph => {
	const {proxy} = state;
	const view = nodeView(state, node, family, facts.addresses);
	const addresses = nodePortAddresses(view);
	const overLocalhost = family === 'ipv4' && proxy.localhostNodePorts && addresses.holdsLoopback;
	const nfacct = facts.nfacct ?? true;
	const dispatch = {reject: REJECT[family], countsLocalhost: overLocalhost && nfacct};
	const chains = {family, masqueradeAll: proxy.masqueradeAll, localTraffic: localTraffic(proxy, view), nodeIp: view.primary};
	return graphOf([
		...iptablesFrame({
			family,
			masqueradeBit: proxy.masqueradeBit,
			tcpBeLiberal: proxy.tcpBeLiberal,
			nfacct,
			randomFully: facts.randomFully ?? true,
		}),
		...servicePorts(state, node, family).flatMap(port => {
			const policy = policyOf(port, view);
			return [...iptablesDispatch(port, policy, dispatch), ...iptablesChains(port, policy, chains)];
		}),
		toNodePorts(addresses, family, overLocalhost),
	]);
};
