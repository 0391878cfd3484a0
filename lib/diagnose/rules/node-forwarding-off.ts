import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn, sysctlOf} from '../views/nodes.ts';

export default rule({
	title: 'Every node forwards packets',
	severity: 'error',
	layer: 'sysctl',
	why:
		'Without net.ipv4.ip_forward a node passes nothing on to or from its pods, nor to endpoints on other nodes. Hardening ' +
		'scripts and network managers switch it off at times.',
	verify: ['sysctl net.ipv4.ip_forward'],
	fix: 'sysctl -w net.ipv4.ip_forward=1, and write it into /etc/sysctl.d.',
	refs: ['https://docs.kernel.org/networking/ip-sysctl.html'],
	steps: [56],
	looks: ['sysctls'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence)
			.filter(node => sysctlOf(node, 'net.ipv4.ip_forward') === '0')
			.map((node): Finding => ({
				about: `Node ${node.name}`,
				summary: `${node.name} does not forward: net.ipv4.ip_forward is 0`,
				evidence: [{from: seenOn(node, 'sysctl'), text: 'net.ipv4.ip_forward = 0'}],
				fix: `on ${node.name}: sysctl -w net.ipv4.ip_forward=1`,
				verify: ['sysctl net.ipv4.ip_forward'],
			})),
});
