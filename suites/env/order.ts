import check from '../../lib/check/check.ts';
import {serviceEnvironment} from '../../lib/model/service-env.ts';
import {environmentOf, environmentReader, judgeEnvironment, readerAnew} from '../../lib/testbed/environment.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A container that is older than a Service has no variables of it, and one that is made afterwards has them',
		why:
			"A program that reads a Service's variables fails until its next start if it was there first: the order within a chart, or " +
			'of a cold start of the whole cluster, decides. DNS knows no such order.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables'],
		faults: ['service-links-off'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const asked = async (): Promise<ReadonlyMap<string, string>> =>
			serviceEnvironment((await kube.core.listServiceForAllNamespaces()).items, namespace);
		testbed.step('a pod, and then a Service');
		const before = await asked();
		const old = await environmentReader(testbed);
		await service(testbed, {name: 'late', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await programmed(testbed, 'late');
		const seen = await environmentOf(testbed, old);
		await testbed.settled();

		testbed.step('the pod that is older');
		judgeEnvironment(testbed, old, {seen, wanted: before});
		testbed.step('a pod that is made afterwards');
		const young = await readerAnew(testbed);
		judgeEnvironment(testbed, young, {seen: await environmentOf(testbed, young), wanted: await asked()});
	},
);
