import {rule, type Finding} from '../rule.ts';
import {balancerIpsOf} from '../views/addresses.ts';
import {seenNodes, seenOn, sysctlOf} from '../views/nodes.ts';

export default rule({
	title: 'In ipvs mode nodes do not answer ARP for the addresses of load balancers',
	severity: 'warning',
	layer: 'sysctl',
	why:
		'kube-ipvs0 has every address of every Service. With arp_ignore=0 each node answers ARP for them: where a load balancer ' +
		'announces an address on layer 2, two machines claim it.',
	verify: [
		'sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce',
		'arping -I eth0 ADDRESS   # from another machine: two MACs',
	],
	fix: 'Set ipvs.strictARP: true in the configuration of kube-proxy.',
	refs: ['https://metallb.io/installation/#preparation'],
	steps: [63],
	looks: ['sysctls', 'proxyMode'],
	needs: ['nodeEvidence', 'services'],
	evaluate({nodeEvidence, services}): readonly Finding[] {
		if (!services.some(service => balancerIpsOf(service).length > 0)) return [];
		return seenNodes(nodeEvidence)
			.filter(
				node =>
					node.facts.proxyMode.ok &&
					node.facts.proxyMode.value === 'ipvs' &&
					sysctlOf(node, 'net.ipv4.conf.all.arp_ignore') === '0',
			)
			.map(node => ({
				about: `Node ${node.name}`,
				summary: `${node.name} answers ARP for every address of kube-ipvs0 (arp_ignore is 0)`,
				evidence: [{from: seenOn(node, 'sysctl'), text: 'net.ipv4.conf.all.arp_ignore = 0'}],
				fix: 'set ipvs.strictARP: true, and restart kube-proxy',
				verify: ['sysctl net.ipv4.conf.all.arp_ignore'],
			}));
	},
});
