import check from '../../lib/check/check.ts';
import {leftOutByLabel} from '../../lib/testbed/left-out-by-label.ts';

export default check(
	{
		title: 'A Service with the label of headless ones is left out by kube-proxy, and served again once the label is gone',
		why:
			'kube-proxy leaves out whatever bears service.kubernetes.io/headless, also a Service with an address. A label that was ' +
			'copied from another manifest takes it out of all rules: its name resolves, and nobody serves it.',
		refs: ['https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioheadless'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => leftOutByLabel(testbed, 'service.kubernetes.io/headless', ''),
);
