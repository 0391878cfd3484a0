import check from '../../lib/check/check.ts';
import {affinityFollows, judgeAffinity} from '../../lib/testbed/affinity.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'Session affinity that is switched on, off and on again by a change of the Service is followed on every node within seconds',
		why:
			'Affinity is switched off in an incident to take load off a hot pod. Where a kube-proxy is stuck its node stays sticky: ' +
			'the load remains, and whether the change helped depends on the node that a user comes in by.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp, expected} = await echoService(testbed, {replicas: 4, ports});
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 40}, expected);
		await testbed.settled();

		for (const sessionAffinity of ['ClientIP', 'None', 'ClientIP'] as const) {
			testbed.step(`session affinity ${sessionAffinity}`);
			const made = await kube.core.readNamespacedService({namespace, name: 'echo'});
			const spec = {...made.spec, sessionAffinity};
			delete spec.sessionAffinityConfig;
			await kube.core.replaceNamespacedService({namespace, name: 'echo', body: {...made, spec}});
			await affinityFollows(testbed, flows, sessionAffinity === 'ClientIP');
		}
		judgeAffinity(testbed, await sendFlows(testbed, 'Session affinity, on again', flows));
	},
);
