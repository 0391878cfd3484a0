import {chainOf, type Chain} from './chain.ts';
import {differencesOn} from './differences.ts';
import type {ChainFacts} from './facts.ts';
import {conntrackHop} from './hops/conntrack.ts';
import {acrossHop, backendHop} from './hops/dials.ts';
import {dnsHop} from './hops/dns.ts';
import {firewallHop} from './hops/firewall.ts';
import {hostPortsHop} from './hops/host-ports.ts';
import {kubeProxyHop} from './hops/kube-proxy.ts';
import {linkHop} from './hops/link.ts';
import {routesHop} from './hops/routes.ts';
import {rulesHop} from './hops/rules.ts';
import {servicesHop} from './hops/services.ts';
import {slicesHop} from './hops/slices.ts';
import {sysctlsHop} from './hops/sysctls.ts';
import {stoppersOf} from './stopped.ts';

/**
 * Walks the way of a packet and names the first hop that is broken: Service → slices → DNS → backends → routes → kube-proxy → its rules →
 * host ports → conntrack → sysctls → firewall → link. Pure: judges what was gathered, and what could not be looked at stays unknown.
 */
export const walk = (facts: ChainFacts): Chain => {
	const differences = new Map(
		facts.nodes.filter(({suspected}) => suspected).map(node => [node.name, differencesOn(node, facts)] as const),
	);
	const {hop: kubeProxy, behind} = kubeProxyHop(facts, differences);
	const stoppers = stoppersOf(facts);
	const [sysctls, firewall, routes, link] = [sysctlsHop(facts), firewallHop(facts, stoppers), routesHop(facts), linkHop(facts)];
	const isOthers = link.state === 'broken' || (firewall.state === 'broken' && firewall.layer === 'host-firewall');
	const before = [
		servicesHop(facts),
		slicesHop(facts),
		dnsHop(facts),
		backendHop(facts, stoppers),
		acrossHop(
			facts,
			[routes, sysctls, firewall, link].find(({state}) => state === 'broken'),
			stoppers,
		),
		routes,
		kubeProxy,
		rulesHop(differences, behind, isOthers),
		hostPortsHop(facts),
	];
	const after = [sysctls, firewall, link];
	const isBroken = [...before, ...after].some(({state}) => state === 'broken');
	return chainOf([...before, conntrackHop(facts, isBroken), ...after]);
};
