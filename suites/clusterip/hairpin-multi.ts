import {judgeBalance} from '../../lib/testbed/balance.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'A pod that is one of several endpoints reaches itself as often as any other, and sees an address of its node when it does',
		why:
			'With three replicas one call in three of a pod to its own Service fails, at random, and the application is called flaky. ' +
			'In ipvs mode a member that KUBE-LOOP-BACK lacks is enough, on bridges a port without hairpin.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['hairpin-masquerade'],
	},
	async testbed => {
		const {clusterIp, pods, expected} = await echoService(testbed, {
			replicas: 2,
			client: true,
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const flows = await flowsOf(testbed, {from: pods, to: [{ip: clusterIp, port: 80}], counts: 600, sources: true}, expected);
		await testbed.settled();

		testbed.step('600 new connections of each pod to the Service that it belongs to');
		judgeBalance(testbed, await sendFlows(testbed, 'Pods to their own Service', flows));
	},
);
