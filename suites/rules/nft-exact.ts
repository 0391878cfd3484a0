import check from '../../lib/check/check.ts';
import {rulesAreExact} from './exact/exact.ts';

export default check(
	{
		title:
			"On every node kube-proxy's table of nftables holds exactly what the API asks for, for Services of every shape: nothing " +
			'missing, nothing foreign',
		why:
			'In nftables mode kube-proxy writes what it thinks has changed and looks after nothing else, so an element that somebody ' +
			'took away is missing for up to an hour. One element less is one Service dead on one node.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go'],
		modes: ['nftables'],
		needs: ['node-access'],
		exactRules: true,
		budgetMs: 120_000,
		// Services of other checks come and go: what the rules should be would change while they are read.
		exclusive: ['cluster'],
		faults: ['endpoint-rule', 'skewed-choice', 'dispatch', 'refusal', 'affinity-lost'],
	},
	rulesAreExact,
);
