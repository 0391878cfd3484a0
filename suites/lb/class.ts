import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {balancedByHand} from '../../lib/testbed/load-balancer.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {refusedByApi} from '../../lib/testbed/refused.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

/** Of a name that nobody can have (RFC 6761): no controller gives it addresses. */
const CLASS = 'load-balancer.invalid/nobody';

export default check(
	{
		title: 'A Service of a foreign loadBalancerClass gets no address from others, keeps its class, and serves as any other does',
		why:
			"With two controllers in a cluster, MetalLB and a cloud's for instance, the class says whose a Service is. Where both " +
			'answer, the address flips from one to the other, and each flip is an outage for all who hold the old one.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const wish = {name: 'echo', type: 'LoadBalancer', loadBalancerClass: CLASS, selector: {app: 'echo'}, ports};
		const {clusterIp, nodePorts} = await service(testbed, wish);
		await programmed(testbed, 'echo');
		const made = await kube.core.readNamespacedService({namespace, name: 'echo'});
		const given = made.status?.loadBalancer?.ingress ?? [];
		if (given.length > 0)
			throw new Violation({
				summary: `somebody gave an address to a Service of class ${CLASS}`,
				expected: 'none',
				observed: JSON.stringify(given),
				layer: {name: 'lb', detail: `${namespace}/echo has ${JSON.stringify(given)}`},
				reproduce: [`kubectl --namespace ${namespace} get service echo --output yaml`],
			});
		await refusedByApi('another class', /may not change once set/, async () =>
			kube.core.replaceNamespacedService({
				namespace,
				name: 'echo',
				body: {...made, spec: {...made.spec, loadBalancerClass: 'load-balancer.invalid/other'}},
			}),
		);
		const {ip, via} = await balancedByHand(testbed, 'echo');
		const expected = await expectations(testbed);
		const flows = [
			...(await flowsOf(testbed, {from: ['pod'], to: [{name: 'ClusterIP', ip: clusterIp, port: 80}], counts: 40}, expected)),
			...(await flowsOf(
				testbed,
				{
					from: ['outside'],
					to: [
						{name: 'node port', ip: via.ip, port: nodePorts['http'] ?? 0},
						{name: 'address of its controller', ip, port: 80, via},
					],
					counts: 40,
				},
				expected,
			)),
		];
		await testbed.settled();

		testbed.step('40 new connections from a pod on each node and from outside');
		await sendFlows(testbed, 'A foreign class', flows);
	},
);
