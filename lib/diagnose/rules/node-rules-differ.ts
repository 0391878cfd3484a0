import {compare} from '../../model/rules/compare.ts';
import {differenceText} from '../../model/rules/difference-text.ts';
import {ruleGraphs} from '../../model/rules/graphs.ts';
import type {IpFamily} from '../../target.ts';
import {rule, type Finding} from '../rule.ts';
import {counted} from '../views/objects.ts';
import {seenNodes, seenOn, stateFrom} from '../views/nodes.ts';

const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];

export default rule({
	title: "The rules of every node are those that the API's objects ask for",
	severity: 'error',
	layer: 'rules',
	why:
		'Somebody flushed or changed the rules (a firewall manager, a restore of iptables), or kube-proxy is behind. What is missing ' +
		'is not served on this node; kube-proxy heals some of it within 30 s and some only when the Service changes or within an ' +
		'hour.',
	verify: ['iptables-save | grep NAMESPACE/NAME   # or nft list table ip kube-proxy, ipset save, ipvsadm -Ln'],
	fix: 'Restart the kube-proxy of this node: it writes all rules anew. Then find who changes them.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-kube-proxy-writing-iptables-rules'],
	steps: [49, 50, 51, 52],
	looks: ['iptables', 'nft'],
	needs: ['nodeEvidence', 'services', 'slices', 'nodes'],
	sees: ['proxyConfig', 'version', 'serviceCIDRs'],
	evaluate: facts =>
		seenNodes(facts.nodeEvidence).flatMap((node): readonly Finding[] => {
			const state = stateFrom(facts, node.facts);
			if (!state.ok) return [];
			const hasIpv6 = state.value.services.some(({spec}) => spec?.ipFamilies?.includes('IPv6'));
			const all = FAMILIES.filter(family => family === 'ipv4' || hasIpv6).flatMap(family => {
				const graphs = ruleGraphs(state.value, node.name, family, node.facts);
				return graphs.ok ? compare(graphs.value.expected, graphs.value.actual) : [];
			});
			const own = all.filter(({about, kind}) => about !== undefined || kind !== 'foreign');
			const [first] = own;
			if (!first) return [];
			const services = [...new Set(own.flatMap(({about}) => about?.replace(/:[^:]*$/, '') ?? []))];
			return [
				{
					about: services.length === 1 ? `Service ${services[0]}` : `Node ${node.name}`,
					confidence: own.length > 0 && first.kind === 'missing' ? 'certain' : 'likely',
					summary:
						`the rules of ${node.name} differ from what the API asks for in ${counted(own.length, 'place')}: ` +
						`${differenceText({...first, node: node.name})}`,
					evidence: own
						.slice(0, 6)
						.map(one => ({from: seenOn(node, one.where), text: differenceText({...one, node: node.name})})),
					fix: `restart the kube-proxy of ${node.name}, then find who changes its rules`,
					verify: [`iptables-save | grep -F '${first.about ?? 'KUBE-'}'`],
				},
			];
		}),
});
