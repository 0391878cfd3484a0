import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {UNSERVED} from '../../lib/testbed/load-balancer.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "MetalLB leaves a Service of another's loadBalancerClass alone, and serves one without a class that is made after it",
		why:
			'Beside a second balancer, a cloud controller say, MetalLB must keep its hands off what is not its own. Where both give ' +
			'addresses, the status flips between them, and DNS with it.',
		refs: [
			'https://metallb.io/configuration/_advanced_loadbalancer_class/',
			'https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class',
		],
		families: ['ipv4'],
		needs: ['outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['metallb-controller-gone'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 1});
		await makePool(testbed, {count: 2});
		const wish = {selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		await testbed.settled();

		testbed.step(`a Service of class ${UNSERVED.loadBalancerClass}, then one without a class`);
		await service(testbed, {...wish, ...UNSERVED, name: 'foreign'});
		await balanced(testbed, {...wish, name: 'own'});
		const {status} = await kube.core.readNamespacedService({namespace, name: 'foreign'});
		const given = (status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? []);
		if (given.length === 0) return;
		throw new Violation({
			summary: `MetalLB gave ${given.join(', ')} to a Service of another's class`,
			expected: 'no address',
			observed: given.join(', '),
			layer: {name: 'lb', detail: `${namespace}/foreign is of class ${UNSERVED.loadBalancerClass}`},
			reproduce: [`kubectl --namespace ${namespace} get services --output wide`],
		});
	},
);
