import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {labelled} from '../../lib/testbed/workloads.ts';

const LABEL = 'service.kubernetes.io/service-proxy-name';

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
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const wish = {from: ['pod', 'node'] as const, to: [{ip: clusterIp, port: 80}], counts: 60};
		await testbed.settled();

		testbed.step(`the Service gets the label ${LABEL}`);
		await labelled(testbed, 'echo', {[LABEL]: 'somebody-else'});
		await flowsFollow(testbed, 'With the label', wish);
		testbed.step('the label is taken off');
		await labelled(testbed, 'echo', {[LABEL]: null});
		await flowsFollow(testbed, 'Without the label', wish, 'echo');
	},
);
