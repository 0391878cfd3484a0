import check from '../../lib/check/check.ts';
import {addressType, serviceName} from '../../lib/model/dns-names.ts';
import {Lost} from '../../lib/probe/vantage.ts';
import {Violation} from '../../lib/record/problem.ts';
import {dnsExpectations} from '../../lib/testbed/dns-expectations.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {dnsFollows} from '../../lib/testbed/lookups.ts';
import {denied, inForce, policy, sendPoliced} from '../../lib/testbed/policies.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A pod that may only ask DNS resolves a Service by the DNS Service, and does not reach it',
		why:
			'The first policy that denies what leaves a pod takes its DNS away, unless it allows the DNS pods and their port: the ' +
			'address of the DNS Service is none of a policy. It shows as timeouts of every name, minutes after the rollout.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic'],
		needs: ['node-access', 'network-policy'],
		uses: ['node', 'dns'],
		faults: ['policies-gone'],
	},
	async testbed => {
		const {namespace, family} = testbed;
		const pods = await echoPods(testbed, {name: 'closed', replicas: testbed.workers.length, client: true});
		const {clusterIp, expected} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const question = {name: serviceName({name: 'echo', namespace}), type: addressType(family)};
		await dnsFollows(testbed, [(await dnsExpectations(testbed)).of(question)]);
		const wish = {to: [{ip: clusterIp, port: 80}], counts: 20};
		const flows = [
			...(await flowsOf(testbed, {...wish, from: ['pod']}, expected)),
			...denied(await flowsOf(testbed, {...wish, from: pods}, expected)),
		];
		await policy(testbed, 'dns-alone', {
			podSelector: {matchLabels: {app: 'closed'}},
			policyTypes: ['Egress'],
			egress: [
				{
					to: [
						{
							namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': 'kube-system'}},
							podSelector: {matchLabels: {'k8s-app': 'kube-dns'}},
						},
					],
					ports: (['UDP', 'TCP'] as const).map(protocol => ({port: 53, protocol})),
				},
			],
		});
		await inForce(testbed, flows);
		await testbed.settled();

		testbed.step('each asks for the Service, over UDP and TCP');
		for (const pod of pods) {
			const place = await testbed.vantage.inside(pod);
			for (const protocol of ['UDP', 'TCP'] as const) {
				const answer = await place.lookup(question.name, question.type, {protocol}).catch((error: unknown) => {
					if (error instanceof Lost) return undefined;
					throw error;
				});
				if (answer?.answers.some(({data}) => data === clusterIp)) continue;
				throw new Violation({
					summary: `${pod.name} may ask DNS, and gets no answer over ${protocol}`,
					expected: clusterIp,
					observed: answer ? `${answer.rcode}, ${answer.answers.length} records` : 'no answer',
					nodes: [pod.node],
					layer: {name: 'policy', detail: `NetworkPolicy ${namespace}/dns-alone allows port 53 of the DNS pods`},
					reproduce: [`kubectl --namespace ${namespace} get networkpolicy --output yaml`],
				});
			}
		}
		testbed.step('20 connections of each to the Service, and of pods that no policy is about');
		await sendPoliced(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
