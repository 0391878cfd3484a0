import check from '../../lib/check/check.ts';
import {leftOutByLabel} from '../../lib/testbed/left-out-by-label.ts';

export default check(
	{
		title: 'A Service that is labelled for another proxy is served by nobody, and again once the label is gone',
		why:
			'service-proxy-name hands a Service over to another proxy. If kube-proxy serves it as well, two of them claim one address; ' +
			'if the label is a mistake, or its proxy is not installed, the Service has endpoints and no one answers.',
		refs: ['https://kubernetes.io/docs/reference/labels-annotations-taints/#servicekubernetesioservice-proxy-name'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => leftOutByLabel(testbed, 'service.kubernetes.io/service-proxy-name', 'somebody-else'),
);
