import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: 'Every kube-proxy runs in the mode that is configured',
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'kube-proxy reads its configuration when it starts: after a change of mode, nodes that were not restarted stay in the old ' +
		'one, and old versions fell back to iptables where a module was missing.',
	verify: ['curl -s http://127.0.0.1:10249/proxyMode   # on each node'],
	fix: 'Restart the DaemonSet: kubectl -n kube-system rollout restart daemonset kube-proxy.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes'],
	steps: [48, 40],
	looks: ['proxyMode'],
	needs: ['nodeEvidence'],
	sees: ['proxyConfig'],
	evaluate({nodeEvidence, proxyConfig}): readonly Finding[] {
		const modes = seenNodes(nodeEvidence).flatMap(node => (node.facts.proxyMode.ok ? [{node, mode: node.facts.proxyMode.value}] : []));
		const wanted = (proxyConfig === undefined ? undefined : configOf(proxyConfig)?.mode) ?? modes[0]?.mode;
		return modes
			.filter(({mode}) => mode !== wanted)
			.map(({node, mode}) => ({
				about: `Node ${node.name}`,
				summary:
					`kube-proxy on ${node.name} runs in mode ${mode}, ` +
					`${proxyConfig === undefined ? 'others in' : 'and is configured for'} ${wanted}`,
				evidence: [{from: seenOn(node, ':10249/proxyMode'), text: mode}],
				fix: 'kubectl -n kube-system rollout restart daemonset kube-proxy',
				verify: ['curl -s http://127.0.0.1:10249/proxyMode'],
			}));
	},
});
