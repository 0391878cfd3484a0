import check from '../../lib/check/check.ts';
import {rulesAreExact} from './exact/exact.ts';

export default check(
	{
		title:
			"On every node kube-proxy's virtual servers, their schedulers, persistence, real servers and weights, the addresses of " +
			"kube-ipvs0, the sets, the chains and the kernel's settings are exactly what the API asks for, for Services of every " +
			'shape',
		why:
			'A virtual server without real servers, a weight left at 0 or an address that is not bound is a Service that is dead on ' +
			'one node. Its state stands in servers, sets, chains and addresses, which can contradict each other.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/proxier.go'],
		modes: ['ipvs'],
		needs: ['node-access'],
		exactRules: true,
		budgetMs: 180_000,
		// Services of other checks come and go: what the rules should be would change while they are read.
		exclusive: ['cluster'],
		faults: [
			'endpoint-rule',
			'skewed-choice',
			'dispatch',
			'refusal',
			'affinity-lost',
			'other-scheduler',
			'real-server-gone',
			'set-entry-gone',
			'untracked',
		],
	},
	rulesAreExact,
);
