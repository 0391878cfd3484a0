import check from '../../lib/check/check.ts';
import {traceAgrees} from './agreement/agreement.ts';

export default check(
	{
		title:
			'What the API asks for, what the rules of every node do and what a client sees is the same, for at least 2,000 packets ' +
			'to Services of every shape and beside them',
		why:
			'Rules can be right and packets still be lost to a host firewall, a sysctl or routing. Where API, rules and wire differ, ' +
			'whoever reads one of them alone searches in the wrong place.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go',
		],
		needs: ['node-access'],
		exactRules: true,
		budgetMs: 120_000,
		// Services of other checks come and go: the rules would change while packets are under way, and the host outside gets routes.
		exclusive: ['cluster'],
		faults: ['endpoint-rule', 'skewed-choice', 'dispatch', 'forwarding', 'refusal', 'affinity-lost'],
	},
	traceAgrees,
);
