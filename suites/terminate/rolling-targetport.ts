import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {rollOutUnderLoad} from '../../lib/testbed/roll-out.ts';
import {echoContainer} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A rolling update to pods that listen at another number under the same port name loses no connection',
		why:
			'A release moves the listening port, and old and new pods serve side by side for minutes. Where a node sends to one number ' +
			'for both, connections are refused just as long, and the new version gets the blame.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports'],
		needs: ['node-access'],
		budgetMs: 150_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const ports = [{name: 'web', port: 80, targetPort: 'http'}];
		const {clusterIp} = await echoService(testbed, {replicas: 3, lingerSeconds: 8, ports});
		const {args, ports: containerPorts, readinessProbe} = echoContainer(testbed, {}, {tcp: ['http', 9090], udp: ['udp', 9091]});
		await testbed.settled();

		testbed.step('every pod is replaced by one that listens at 9090 in place of 8080, and connections from every node go on');
		const container = {...(args && {args}), ...(containerPorts && {ports: containerPorts}), ...(readinessProbe && {readinessProbe})};
		await rollOutUnderLoad(testbed, {name: 'echo', container, to: {ip: clusterIp, port: 80}});
		await flowsFollow(testbed, 'After the rollout', {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 40}, 'echo');
	},
);
