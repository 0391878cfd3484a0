import check from '../../lib/check/check.ts';
import {healthPort, healthPortAgrees} from '../../lib/testbed/health-port.ts';
import {UNSERVED, balancerGives} from '../../lib/testbed/load-balancer.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {programmed} from '../../lib/testbed/programmed.ts';

export default check(
	{
		title:
			"The health port of a load balancer's Service with policy Local answers 200 on nodes that have endpoints and 503 on " +
			'those that have none',
		why:
			'Balancers ask this port which nodes to use under policy Local. A wrong 200 sends users to nodes that drop them, a wrong ' +
			'503 takes good nodes out; another program on the port or a dead kube-proxy is enough.',
		refs: [
			'https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/healthcheck/service_health.go',
		],
		needs: ['node-access'],
		faults: ['kube-proxy-stopped'],
	},
	async testbed => {
		await echoService(testbed, {
			replicas: 1,
			...UNSERVED,
			externalTrafficPolicy: 'Local',
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const [ip] = await testbed.lease('balancer-ip', 1);
		await balancerGives(testbed, 'echo', [{ip: ip!}]);
		await programmed(testbed, 'echo');
		const wanted = await healthPort(testbed, 'echo');
		await testbed.settled();
		await healthPortAgrees(testbed, wanted);
	},
);
