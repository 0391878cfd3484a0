import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {denied, inForce, policy, sendPoliced} from '../../lib/testbed/policies.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A pod that a policy allows itself alone reaches itself by its own ClusterIP, and strangers do not reach it',
		why:
			'On its way to itself by a Service a packet is masqueraded. A policy that is decided after that sees the node in place of ' +
			'the pod, and clusters of databases whose members call their own Service lose a member.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
		needs: ['node-access', 'network-policy'],
		uses: ['node'],
		faults: ['policies-gone'],
	},
	async testbed => {
		const strangers = await echoPods(testbed, {name: 'stranger', replicas: testbed.workers.length, client: true});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp, pods, expected} = await echoService(testbed, {replicas: 1, client: true, ports});
		const wish = {to: [{ip: clusterIp, port: 80}], counts: 20};
		const flows = [
			...(await flowsOf(testbed, {...wish, from: pods}, expected)),
			...denied(await flowsOf(testbed, {...wish, from: strangers}, expected)),
		];
		const podSelector = {matchLabels: {app: 'echo'}};
		await policy(testbed, 'itself', {podSelector, policyTypes: ['Ingress'], ingress: [{_from: [{podSelector}]}]});
		await inForce(testbed, flows);
		await testbed.settled();

		testbed.step('20 connections of the pod to itself, and of a stranger on each worker');
		await sendPoliced(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
