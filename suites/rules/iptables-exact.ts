import check from '../../lib/check/check.ts';
import {rulesAreExact} from './exact/exact.ts';

export default check(
	{
		title:
			"On every node kube-proxy's chains of iptables hold exactly what the API asks for, for Services of every shape: nothing " +
			'missing, nothing foreign',
		why:
			'One rule that is missing, doubled or foreign breaks one Service on one node, and traffic shows it only if it comes that ' +
			'way. Hand edits, agents and firewalld do it; kube-proxy mends some of it only after an hour.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go'],
		modes: ['iptables'],
		needs: ['node-access'],
		exactRules: true,
		budgetMs: 120_000,
		// Services of other checks come and go: what the rules should be would change while they are read.
		exclusive: ['cluster'],
		faults: ['endpoint-rule', 'skewed-choice', 'dispatch', 'refusal', 'affinity-lost'],
	},
	rulesAreExact,
);
