import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

/** Of VXLAN over IPv4; Geneve and WireGuard take more. */
const OVERHEAD = 50;

export default rule({
	title: 'Packets of pods fit through the tunnels between nodes',
	severity: 'warning',
	layer: 'cni',
	why:
		'Where pods have the MTU of the network and a tunnel (VXLAN, IPIP, WireGuard) takes some of it, large packets are lost: ' +
		'connections open, small answers come, large ones hang.',
	verify: ['ip -d link', 'ping -M do -s 1472 ADDRESS   # from pod to pod, on different nodes'],
	fix: "Lower the MTU in the network plugin's configuration, or clamp the MSS.",
	refs: ['https://docs.tigera.io/calico/latest/networking/configuring/mtu'],
	steps: [59],
	looks: ['links'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {links} = node.facts;
			if (!links.ok) return [];
			const tunnel = links.value.items.find(
				({kind}) => kind === 'vxlan' || kind === 'ipip' || kind === 'wireguard' || kind === 'geneve',
			);
			const base = Math.max(
				0,
				...links.value.items.filter(({kind, name}) => kind === undefined && name !== 'lo').map(({mtu}) => mtu),
			);
			const pod = links.value.items.find(({kind, mtu}) => kind === 'veth' && tunnel !== undefined && mtu > tunnel.mtu);
			const wide = tunnel && tunnel.kind === 'vxlan' && base > 0 && tunnel.mtu > base - OVERHEAD;
			if (!tunnel || (!pod && !wide)) return [];
			return [
				{
					about: `Node ${node.name}`,
					confidence: 'likely',
					summary: pod
						? `pods of ${node.name} send up to ${pod.mtu} bytes into the tunnel ${tunnel.name}, which takes ${tunnel.mtu}`
						: `the tunnel ${tunnel.name} of ${node.name} takes ${tunnel.mtu} bytes, and the network below it ${base}`,
					evidence: [
						{
							from: seenOn(node, 'ip link'),
							text: `${tunnel.name} (${tunnel.kind}) mtu ${tunnel.mtu}${pod ? `, ${pod.name} mtu ${pod.mtu}` : ''}`,
						},
					],
					fix: "lower the MTU in the network plugin's configuration",
					verify: ['ip -d link'],
				},
			];
		}),
});
