import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

/** net.ipv4.ip_local_port_range of the kernel: 32768 to 60999. */
const [FROM, TO] = [32_768, 60_999] as const;

export default rule({
	title: "A NodePort is outside the range of the nodes' own connections",
	severity: 'warning',
	layer: 'sysctl',
	why:
		"The kernel takes ports of net.ipv4.ip_local_port_range (32768 to 60999 unless changed) for the node's own connections. A " +
		'NodePort in this range collides with them now and then: single connections of the node fail.',
	verify: [
		'kubectl get services -A | grep NODEPORT',
		'sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports   # on a node',
	],
	fix: 'Keep --service-node-port-range below 32768, or reserve it on every node (net.ipv4.ip_local_reserved_ports).',
	refs: ['https://docs.kernel.org/networking/ip-sysctl.html'],
	steps: [33],
	confirmedBy: ['sysctls'],
	needs: ['services'],
	evaluate: ({services}) =>
		services.flatMap((service): readonly Finding[] => {
			const port = service.spec?.ports?.find(({nodePort}) => nodePort !== undefined && nodePort >= FROM && nodePort <= TO);
			if (!port) return [];
			return [
				{
					about: aboutService(service),
					confidence: 'likely',
					summary:
						`NodePort ${port.nodePort} of Service ${fullName(service)} is in the range from which the kernel takes ports ` +
						`for the node's own connections`,
					evidence: [{from: `${aboutService(service)} .spec.ports[].nodePort`, text: `${port.nodePort}`}],
					fix: `reserve ${port.nodePort} on every node in net.ipv4.ip_local_reserved_ports, or choose one below ${FROM}`,
					verify: [kubectl('get', 'service', service)],
				},
			];
		}),
});
