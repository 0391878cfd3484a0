import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'Two Services over the same pods serve side by side, and one goes on when the other is deleted',
		why:
			'Blue-green switches, canaries and a second Service for metrics share pods. If one takes rules or flows of the other with ' +
			'it when it goes, the removal of the old Service cuts off live traffic.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service'],
		needs: ['node-access'],
		faults: ['dispatch', 'kube-proxy-hangs'],
	},
	async testbed => {
		const first = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const second = await service(testbed, {
			name: 'second',
			selector: {app: 'echo'},
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		await programmed(testbed, second.name);
		const to = [
			{name: 'first', ip: first.clusterIp, port: 80},
			{name: 'second', ip: second.clusterIp, port: 80},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 60}, await expectations(testbed));
		await testbed.settled();

		testbed.step('60 new connections to each');
		await sendFlows(testbed, 'Two Services over the same pods', flows);
		testbed.step('the first is deleted');
		await testbed.kube.core.deleteNamespacedService({namespace: testbed.namespace, name: first.name});
		await flowsFollow(testbed, 'After the first is gone', {from: ['pod', 'node'], to, counts: 60}, second.name);
	},
);
