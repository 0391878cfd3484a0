import {canonicalCidr, familyOf} from '../../address.ts';
import {nodeView} from '../../node-view.ts';
import {servicePorts} from '../../service-ports.ts';
import type {IpFamily} from '../../../target.ts';
import type {ClusterState} from '../../state.ts';
import type {Graph} from '../graph.ts';
import {localTraffic} from '../local-traffic.ts';
import {nodePortAddresses} from '../node-addresses.ts';
import type {NodeFacts} from '../node-addresses.ts';
import {graphOf} from '../part.ts';
import {policyOf} from '../policy.ts';
import {nftChains} from './chains.ts';
import {nftElements, nftStores} from './elements.ts';
import {nftFrame} from './frame.ts';

/**
 * Everything that kube-proxy in nftables mode programs on one node in one family: its table `kube-proxy`.
 * Source: pkg/proxy/nftables/proxier.go of 1.37, with what ../../minors.ts tells of those before (`knowsRules` says which versions it holds
 * for).
 */
export const expectedNftables = (state: ClusterState, node: string, family: IpFamily, facts: NodeFacts = {}): Graph => {
	const {proxy, minor, serviceCIDRs = []} = state;
	const {masqueradeAll, masqueradeBit} = proxy;
	const view = nodeView(state, node, family, facts.addresses);
	const common = {family, minor, masqueradeAll, masqueradeBit, localTraffic: localTraffic(proxy, view), nodeIp: view.primary};
	const nodePorts = nodePortAddresses(view);
	const cidrs = serviceCIDRs.flatMap(text => canonicalCidr(text) ?? []).filter(cidr => familyOf(cidr) === family);
	const ports = servicePorts(state, node, family).map(port => ({port, policy: policyOf(port, view)}));
	return graphOf([
		...nftFrame({...common, serviceCIDRs: cidrs, nodePorts}),
		...nftStores(
			{family, nodePorts, minor},
			ports.flatMap(({port, policy}) => nftElements(port, policy)),
		),
		...ports.flatMap(({port, policy}) => nftChains(port, policy, common)),
	]);
};
