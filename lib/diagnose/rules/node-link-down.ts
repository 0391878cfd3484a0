import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

export default rule({
	title: 'The interface with the address of a node is up',
	severity: 'error',
	layer: 'link',
	why: 'An interface that is down or has no carrier cuts the node off: its pods and endpoints are not reached.',
	verify: ['ip -br link', 'ip -br addr'],
	fix: 'Bring the link up, or look at the cable and the switch.',
	refs: ['https://man7.org/linux/man-pages/man8/ip-link.8.html'],
	steps: [65],
	looks: ['links', 'addresses'],
	needs: ['nodeEvidence', 'nodes'],
	evaluate: ({nodeEvidence, nodes}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {links, addresses} = node.facts;
			const own =
				nodes
					.find(({metadata}) => metadata?.name === node.name)
					?.status?.addresses?.filter(({type}) => type === 'InternalIP')
					.map(({address}) => address) ?? [];
			if (!links.ok || !addresses.ok || own.length === 0) return [];
			const device = addresses.value.items.find(({address}) => own.includes(address))?.device;
			const link = links.value.items.find(({name}) => name === device);
			const down = link && (!link.up || ['DOWN', 'LOWERLAYERDOWN', 'NOTPRESENT'].includes(link.state));
			if (device !== undefined && !down) return [];
			return [
				{
					about: `Node ${node.name}`,
					summary:
						device === undefined
							? `no interface of ${node.name} has its address ${own.join(', ')}`
							: `${device} of ${node.name} is ${link?.up ? `without a carrier (${link.state})` : 'down'}`,
					evidence: [{from: seenOn(node, 'ip link'), text: link ? `${link.name} ${link.state}` : 'no such address'}],
					fix: 'bring the link up',
					verify: ['ip -br link', 'ip -br addr'],
				},
			];
		}),
});
