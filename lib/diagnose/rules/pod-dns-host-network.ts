import {rule, type Finding} from '../rule.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';
import {isRunning} from '../views/pod-state.ts';

/** Programs of the control plane and of nodes find their peers without names of Services. */
const OF_THE_NODE = /^(?:kube-|etcd|cilium|calico|aws-node|ebs-|csi-|node-|speaker|metallb|konnectivity|antrea|flannel|kindnet|ovn)/;

export default rule({
	title: "A pod in its node's network that uses names of Services asks the DNS of the cluster",
	severity: 'info',
	layer: 'dns',
	why:
		"With hostNetwork: true the dnsPolicy ClusterFirst, which is the default, means the node's resolv.conf: names of Services do " +
		'not resolve. ClusterFirstWithHostNet is what is meant.',
	verify: ['kubectl -n NAMESPACE get pod POD -o jsonpath={.spec.hostNetwork}{.spec.dnsPolicy}'],
	fix: 'Set dnsPolicy: ClusterFirstWithHostNet.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy'],
	steps: [36],
	needs: ['pods'],
	evaluate: ({pods}) =>
		pods
			.filter(
				pod =>
					pod.spec?.hostNetwork === true &&
					(pod.spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' &&
					pod.metadata?.namespace !== 'kube-system' &&
					!OF_THE_NODE.test(pod.metadata?.name ?? '') &&
					isRunning(pod),
			)
			.map((pod): Finding => ({
				about: aboutPod(pod),
				confidence: 'possible',
				summary:
					`pod ${fullName(pod)} is in its node's network with dnsPolicy ClusterFirst, so names of Services do not resolve ` +
					'in it',
				evidence: [{from: `pod ${fullName(pod)} .spec`, text: 'hostNetwork: true, dnsPolicy: ClusterFirst'}],
				fix: 'set dnsPolicy: ClusterFirstWithHostNet, if it speaks to Services by name',
				verify: [podLine('exec', pod, '-- cat /etc/resolv.conf')],
			})),
});
