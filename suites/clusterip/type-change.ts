import check from '../../lib/check/check.ts';
import {changeService} from '../../lib/testbed/change-service.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';

const PORTS = [{name: 'http', port: 80, targetPort: 8080}];

export default check(
	{
		title: 'A Service that becomes NodePort and ClusterIP again keeps its ClusterIP, and its node port serves only meanwhile',
		why:
			'Exposing a Service for a while is everyday work. A node port that stays in force after it was taken back is ' +
			'a hole in the firewall that no object of the API shows.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: PORTS});
		const node = lastWorker(testbed);
		await testbed.settled();

		testbed.step('the Service becomes a NodePort one');
		const {ports} = await changeService(testbed, 'echo', {type: 'NodePort'});
		const to = [
			{name: 'ClusterIP', ip: clusterIp, port: 80},
			{name: `NodePort of ${node.name}`, ip: node.ip, port: ports?.[0]?.nodePort ?? 0},
		];
		const wish = {from: ['pod', 'node'] as const, to, counts: 40, nobodyListens: true};
		await flowsFollow(testbed, 'As NodePort', wish, 'echo');
		testbed.step('the Service becomes a ClusterIP one again');
		await changeService(testbed, 'echo', {type: 'ClusterIP', ports: PORTS});
		await flowsFollow(testbed, 'As ClusterIP again', wish, 'echo');
	},
);
