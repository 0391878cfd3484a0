import {judgeBalance} from '../../lib/testbed/balance.ts';
import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A targetPort by name reaches pods of two versions, of which each has another number under that name',
		why:
			'Names let a program change its port without a change of the Service, so old and new pods listen at different numbers ' +
			'during the rollout. If one number is used for all, a part of the connections is refused until it ends.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports'],
		uses: ['proxy'],
		faults: ['endpoint-rule', 'skewed-choice'],
	},
	async testbed => {
		testbed.step('two versions of a pod: the port `web` is 8080 of the old, 9080 of the new');
		const labels = {group: 'echo'};
		await Promise.all([
			echoPods(testbed, {name: 'old', replicas: 2, labels, ports: {tcp: ['web', 8080], udp: ['talk', 8081]}}),
			echoPods(testbed, {name: 'new', replicas: 1, labels, ports: {tcp: ['web', 9080], udp: ['talk', 9081]}}),
		]);
		const {clusterIp} = await service(testbed, {name: 'echo', selector: labels, ports: [{name: 'http', port: 80, targetPort: 'web'}]});
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod'], to, counts: 600}, await expectations(testbed));
		await testbed.settled();

		testbed.step('600 new connections from a pod on each node');
		judgeBalance(testbed, await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows));
	},
);
