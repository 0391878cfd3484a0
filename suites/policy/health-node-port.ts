import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {withPort} from '../../lib/ip.ts';
import {UNSERVED, balancerGives} from '../../lib/testbed/load-balancer.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';

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
		const {kube, namespace} = testbed;
		await echoService(testbed, {
			replicas: 1,
			...UNSERVED,
			externalTrafficPolicy: 'Local',
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const [ip] = await testbed.lease('balancer-ip', 1);
		await balancerGives(testbed, 'echo', [{ip: ip!}]);
		const {spec} = await kube.core.readNamespacedService({namespace, name: 'echo'});
		const {items} = await kube.core.listNamespacedPod({namespace, labelSelector: 'app=echo'});
		const port = spec?.healthCheckNodePort ?? 0;
		const withEndpoint = new Set(items.map(pod => pod.spec?.nodeName));
		await testbed.settled();

		testbed.step(`the health port ${port} of every node`);
		const asked = await Promise.all(
			testbed.nodes.map(async node => {
				const url = `http://${withPort(node.ip, port)}/healthz`;
				const {stdout, stderr} = await node.shell.run([
					'curl',
					'--silent',
					'--show-error',
					'--max-time',
					'5',
					'--output',
					'/dev/null',
					'--write-out',
					'%{http_code}',
					url,
				]);
				return {
					node: node.name,
					url,
					said: stdout.trim() === '000' ? stderr.trim() : stdout.trim(),
					expected: withEndpoint.has(node.name) ? '200' : '503',
				};
			}),
		);
		testbed.grid({
			title: 'Health port',
			columns: [String(port)],
			rows: asked.map(({node, said, expected}) => ({name: node, cells: [{mark: said === expected ? '.' : 'X', text: said}]})),
		});
		const wrong = asked.filter(({said, expected}) => said !== expected);
		if (wrong.length === 0) return;
		throw new Violation({
			summary: `the health port says the wrong thing on ${wrong.map(({node}) => node).join(', ')}`,
			expected: wrong.map(({node, expected}) => `${node}: ${expected}`).join('\n'),
			observed: wrong.map(({node, said}) => `${node}: ${said}`).join('\n'),
			nodes: wrong.map(({node}) => node),
			reproduce: wrong.map(({url, node}) => `curl -i ${url}   # on ${node}`),
		});
	},
);
