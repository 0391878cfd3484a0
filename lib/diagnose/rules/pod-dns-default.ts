import {rule, type Finding} from '../rule.ts';
import {isDnsPod} from '../views/dns.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';
import {isRunning} from '../views/pod-state.ts';

export default rule({
	title: "A pod that uses names of Services does not take its node's resolv.conf",
	severity: 'info',
	layer: 'dns',
	why:
		'dnsPolicy: Default is not the default: it means the resolv.conf of the node, so names of Services do not resolve. It is ' +
		'right for DNS servers and for programs that never speak to a Service by name.',
	verify: ['kubectl -n NAMESPACE get pod POD -o jsonpath={.spec.dnsPolicy}'],
	fix: 'Leave dnsPolicy out (ClusterFirst).',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy'],
	steps: [36],
	needs: ['pods'],
	evaluate: ({pods}) =>
		pods
			.filter(
				pod => pod.spec?.dnsPolicy === 'Default' && !isDnsPod(pod) && pod.metadata?.namespace !== 'kube-system' && isRunning(pod),
			)
			.map((pod): Finding => ({
				about: aboutPod(pod),
				confidence: 'possible',
				summary: `pod ${fullName(pod)} has dnsPolicy Default, so names of Services do not resolve in it`,
				evidence: [{from: `pod ${fullName(pod)} .spec.dnsPolicy`, text: 'Default'}],
				fix: 'leave dnsPolicy out, if it speaks to Services by name',
				verify: [podLine('exec', pod, '-- cat /etc/resolv.conf')],
			})),
});
