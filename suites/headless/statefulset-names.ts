import check from '../../lib/check/check.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {dnsFollows, lookupsAgree} from '../../lib/testbed/lookups.ts';
import {echoContainer, service} from '../../lib/testbed/workloads.ts';
import {podAnew} from '../../lib/testbed/pods.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';

const PODS = ['echo-0', 'echo-1'];

export default check(
	{
		title:
			'Each pod of a StatefulSet has a name of its own below its headless Service, and the name follows the pod when it is ' +
			'made anew',
		why:
			'Members of Kafka, etcd and databases know each other as pod-0.service. Where a name keeps the address of a pod that has ' +
			'moved, replication and elections fail, long after kubectl shows the pod as ready.',
		refs: ['https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id'],
		exclusive: ['dns'],
		faults: ['dns-*'],
	},
	async testbed => {
		const {kube, namespace, family} = testbed;
		await service(testbed, {
			name: 'echo',
			clusterIP: 'None',
			selector: {app: 'echo'},
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const template = {
			metadata: {labels: {app: 'echo'}},
			spec: {containers: [echoContainer(testbed)], automountServiceAccountToken: false, terminationGracePeriodSeconds: 1},
		};
		const spec = {
			serviceName: 'echo',
			replicas: PODS.length,
			podManagementPolicy: 'Parallel',
			selector: {matchLabels: {app: 'echo'}},
			template,
		};
		await kube.apps.createNamespacedStatefulSet({namespace, body: {metadata: {name: 'echo'}, spec}});
		await Promise.all(PODS.map(async name => podAnew(testbed, name, undefined)));
		const names = [serviceName({name: 'echo', namespace}), ...PODS.map(pod => `${pod}.${serviceName({name: 'echo', namespace})}`)];
		const follow = async (): Promise<Parameters<typeof lookupsAgree>[1]> => {
			const expected = await dnsExpectations(testbed);
			const questions = names.map(name => expected.of({name, type: addressType(family)}));
			await dnsFollows(testbed, questions);
			return questions;
		};
		await follow();

		testbed.step('the first pod is made anew');
		const {metadata} = await kube.core.readNamespacedPod({namespace, name: 'echo-0'});
		await kube.core.deleteNamespacedPod({namespace, name: 'echo-0'});
		await podAnew(testbed, 'echo-0', metadata?.uid);
		const startedAt = performance.now();
		const questions = await follow();
		testbed.number('until its name led to the new pod', performance.now() - startedAt, 'ms');
		await testbed.settled();

		testbed.step('the names of all pods, asked of every DNS server and of the DNS Service');
		await lookupsAgree(testbed, questions);
	},
);
