import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {denied, inForce, policy, sendPoliced} from '../../lib/testbed/policies.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "A policy for the port of the pods holds by the ClusterIP too: it is decided after the Service's address was translated",
		why:
			"Policies name pods and their ports, clients name the Service and its port. One that is written with the Service's port " +
			'denies everybody, and one that looked at the ClusterIP would let everybody in.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
		needs: ['node-access', 'network-policy'],
		uses: ['node'],
		faults: ['policies-gone', 'dispatch'],
	},
	async testbed => {
		const client = {replicas: testbed.workers.length, client: true};
		const [friends, strangers] = await Promise.all([
			echoPods(testbed, {...client, name: 'friend', labels: {role: 'friend'}}),
			echoPods(testbed, {...client, name: 'stranger'}),
		]);
		const {clusterIp, expected} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const wish = {to: [{ip: clusterIp, port: 80}], counts: 20};
		const flows = [
			...(await flowsOf(testbed, {...wish, from: friends}, expected)),
			...denied(await flowsOf(testbed, {...wish, from: [...strangers, 'pod']}, expected)),
		];
		await policy(testbed, 'friends-alone', {
			podSelector: {matchLabels: {app: 'echo'}},
			policyTypes: ['Ingress'],
			ingress: [{_from: [{podSelector: {matchLabels: {role: 'friend'}}}], ports: [{port: 8080}]}],
		});
		await inForce(testbed, flows);
		await testbed.settled();

		testbed.step('20 connections of each friend, of each stranger, and of a pod of another namespace on each node');
		await sendPoliced(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
