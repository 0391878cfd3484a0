import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {labelled} from '../../lib/testbed/workloads.ts';

const LABEL = 'service.kubernetes.io/headless';

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
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const wish = {from: ['pod', 'node'] as const, to: [{ip: clusterIp, port: 80}], counts: 60};
		await testbed.settled();

		testbed.step(`the Service gets the label ${LABEL}`);
		await labelled(testbed, 'echo', {[LABEL]: ''});
		await flowsFollow(testbed, 'With the label', wish);
		testbed.step('the label is taken off');
		await labelled(testbed, 'echo', {[LABEL]: null});
		await flowsFollow(testbed, 'Without the label', wish, 'echo');
	},
);
