import {needed} from '../../facts/fact.ts';
import {leftovers} from '../../model/rules/leftovers.ts';
import {MODES} from '../../target.ts';
import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';
import {someOf} from '../views/objects.ts';

export default rule({
	title: 'A node has the rules of one mode of kube-proxy only',
	severity: 'error',
	layer: 'rules',
	why:
		'After a change of mode the rules of the old one can stay: two sets of rules translate the same packets, the old ones to ' +
		'endpoints that are gone.',
	verify: ['iptables-save | grep -c KUBE-', 'nft list tables', 'ipvsadm -Ln', 'ip link show kube-ipvs0'],
	fix: 'Run kube-proxy --cleanup on the node, or boot it.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes'],
	steps: [53],
	looks: ['proxyMode', 'iptables', 'nft', 'ipset', 'ipvs', 'links'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {proxyMode, iptables, ip6tables, nft, ipset, ipvs, links} = node.facts;
			const mode = proxyMode.ok ? MODES.find(one => one === proxyMode.value) : undefined;
			if (mode === undefined || !iptables.ok || !nft.ok || !ipset.ok || !ipvs.ok || !links.ok) return [];
			const left = leftovers(mode, {
				iptables: [iptables.value, ...(ip6tables.ok ? [needed(node.name, ip6tables)] : [])],
				nft: nft.value,
				ipset: ipset.value,
				ipvs: ipvs.value,
				links: links.value.items.map(({name}) => name),
			});
			if (left.length === 0) return [];
			return [
				{
					about: `Node ${node.name}`,
					summary: `${node.name} is in mode ${mode} and has ${left.length} leftovers of another: ${someOf(left, 2)}`,
					evidence: left.slice(0, 5).map(text => ({from: seenOn(node, 'rules'), text})),
					fix: 'run kube-proxy --cleanup on the node, then start kube-proxy again; or boot it',
					verify: ['iptables-save | grep -c KUBE-', 'nft list tables'],
				},
			];
		}),
});
