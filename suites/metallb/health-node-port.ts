import check from '../../lib/check/check.ts';
import {healthPort, healthPortAgrees} from '../../lib/testbed/health-port.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'The health port of a Service of MetalLB with policy Local answers 200 on nodes with endpoints and 503 on those without',
		why:
			'MetalLB itself goes by endpoints, but monitors and a router before the cluster ask this port. Where the two disagree an ' +
			'alarm names nodes that serve well, or a dead one stays in use.',
		refs: ['https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node'],
		faults: ['kube-proxy-stopped'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 1});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		await balancedByPool(testbed, {name: 'echo', selector: {app: 'echo'}, externalTrafficPolicy: 'Local', ports});
		await programmed(testbed, 'echo');
		const wanted = await healthPort(testbed, 'echo');
		await testbed.settled();
		await healthPortAgrees(testbed, wanted);
	},
);
