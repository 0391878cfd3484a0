import check from '../../lib/check/check.ts';
import {serviceEnvironment} from '../../lib/model/service-env.ts';
import {environmentOf, environmentReader, judgeEnvironment, readerAnew} from '../../lib/testbed/environment.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A container has exactly the variables of the Services that were there before it: addresses, ports, names, protocols',
		why:
			"Variables of Services override a program's own: one named redis sets REDIS_PORT to tcp://10.0.0.1:6379, and the program " +
			'does not start. With thousands of Services in a namespace, starting a process gets slow or fails.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/kubelet/envvars/envvars.go',
		],
		faults: ['service-links-off'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		testbed.step('Services of several kinds: two ports and protocols, a port without a name, headless, an alias');
		const [http] = [{name: 'http', port: 80, targetPort: 8080}];
		await service(testbed, {name: 'redis-primary', ports: [http!, {name: 'gossip-port', port: 53, targetPort: 8081, protocol: 'UDP'}]});
		await service(testbed, {name: 'headless', clusterIP: 'None', ports: [http!]});
		await kube.core.createNamespacedService({namespace, body: {metadata: {name: 'plain'}, spec: {ports: [{port: 8080}]}}});
		await kube.core.createNamespacedService({
			namespace,
			body: {metadata: {name: 'alias'}, spec: {type: 'ExternalName', externalName: 'example.com'}},
		});
		await environmentReader(testbed);
		// kubelet hears of Services as kube-proxy does.
		await Promise.all(['redis-primary', 'plain'].map(async name => programmed(testbed, name)));
		const wanted = serviceEnvironment((await kube.core.listServiceForAllNamespaces()).items, namespace);
		await testbed.settled();

		testbed.step('a pod that is made now tells its environment');
		const pod = await readerAnew(testbed);
		judgeEnvironment(testbed, pod, {seen: await environmentOf(testbed, pod), wanted});
	},
);
