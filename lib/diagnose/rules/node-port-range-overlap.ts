import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName} from '../views/objects.ts';
import {seenNodes, seenOn, sysctlOf} from '../views/nodes.ts';

export default rule({
	title: 'No NodePort is in the range from which a node takes ports for its own connections',
	severity: 'warning',
	layer: 'sysctl',
	why:
		'A connection of the node that takes the number of a NodePort as its source port has its answers caught by the rules: single ' +
		'connections of the node fail now and then.',
	verify: ['sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports'],
	fix: 'Reserve the range of NodePorts in net.ipv4.ip_local_reserved_ports.',
	refs: ['https://docs.kernel.org/networking/ip-sysctl.html'],
	steps: [33],
	explains: ['node-port-in-ephemeral-range'],
	looks: ['sysctls'],
	needs: ['nodeEvidence', 'services'],
	evaluate: ({nodeEvidence, services}) =>
		seenNodes(nodeEvidence).flatMap(node => {
			const [, from, to] = /^(\d+)\s+(\d+)$/.exec(sysctlOf(node, 'net.ipv4.ip_local_port_range') ?? '') ?? [];
			const reserved = (sysctlOf(node, 'net.ipv4.ip_local_reserved_ports') ?? '')
				.split(',')
				.map(range => range.split('-').map(Number));
			const isReserved = (port: number): boolean => reserved.some(([first = 0, last = first]) => port >= first && port <= last);
			if (from === undefined || to === undefined) return [];
			return services.flatMap((service): readonly Finding[] => {
				const port = service.spec?.ports?.find(
					({nodePort}) => nodePort && nodePort >= Number(from) && nodePort <= Number(to) && !isReserved(nodePort),
				);
				if (!port) return [];
				return [
					{
						about: aboutService(service),
						summary:
							`${node.name} takes ports from ${from} to ${to} for its own connections, and NodePort ${port.nodePort} ` +
							`of Service ${fullName(service)} is among them`,
						evidence: [{from: seenOn(node, 'sysctl'), text: `net.ipv4.ip_local_port_range = ${from} ${to}`}],
						fix: `on every node: net.ipv4.ip_local_reserved_ports = 30000-32767`,
						verify: ['sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports'],
					},
				];
			});
		}),
});
