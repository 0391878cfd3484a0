import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

const FAILURES = [
	'kubeproxy_sync_proxy_rules_iptables_restore_failures_total',
	'kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total',
	'kubeproxy_sync_proxy_rules_nftables_sync_failures_total',
];

export default rule({
	title: 'kube-proxy writes its rules without failures',
	severity: 'warning',
	layer: 'kube-proxy',
	why:
		'A failed restore leaves the rules as they were: a lock that another program holds, a rule that the kernel does not take, an ' +
		'nft that is too old.',
	verify: ['curl -s http://127.0.0.1:10249/metrics | grep failures_total', 'kubectl -n kube-system logs POD | grep -i -E "failed|error"'],
	fix: 'Read its log around the failures.',
	refs: ['https://kubernetes.io/docs/reference/instrumentation/metrics/'],
	steps: [47],
	looks: ['metrics'],
	needs: ['nodeEvidence'],
	evaluate: ({nodeEvidence}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {metrics} = node.facts;
			const failed = metrics.ok ? metrics.value.samples.filter(({name, value}) => FAILURES.includes(name) && value > 0) : [];
			if (failed.length === 0) return [];
			return [
				{
					about: `Node ${node.name}`,
					confidence: 'likely',
					summary:
						`kube-proxy on ${node.name} has failed to write its rules ${failed.reduce((sum, {value}) => sum + value, 0)} ` +
						'times since it started',
					evidence: failed.map(({name, value}) => ({from: seenOn(node, ':10249/metrics'), text: `${name} ${value}`})),
					fix: 'read its log',
					verify: ['curl -s http://127.0.0.1:10249/metrics | grep failures_total'],
				},
			];
		}),
});
