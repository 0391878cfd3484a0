import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title:
			"With internalTrafficPolicy Local a cluster IP is served by endpoints of the client's node alone, and by nobody where " +
			'there are none',
		why:
			'Log collectors and DNS caches on each node rely on it to keep traffic there. In ipvs mode remote endpoints are used all ' +
			'the same where none is local and the Service can be reached from outside too (kubernetes#121371).',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/',
			'https://github.com/kubernetes/kubernetes/issues/121371',
		],
		needs: ['node-access'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		// The node of the control plane has none of them.
		const {clusterIp, expected} = await echoService(testbed, {
			replicas: testbed.workers.length,
			internalTrafficPolicy: 'Local',
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 30, timeouts: true}, expected);
		await testbed.settled();

		testbed.step('30 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
