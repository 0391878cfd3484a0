import {rule, type Finding} from '../rule.ts';
import {fullName, kubectl, someOf} from '../views/objects.ts';
import {holdsPort, policiesOn} from '../views/policies.ts';
import {isRunning} from '../views/pod-state.ts';
import {podsIn} from '../views/pods.ts';

export default rule({
	title: 'Pods whose egress is restricted may still ask DNS',
	severity: 'error',
	layer: 'policy',
	why:
		'A policy of type Egress shuts everything that it does not name, the DNS server too. Programs then report unknown hosts, or ' +
		'wait five seconds and more for each name.',
	verify: ['kubectl -n NAMESPACE describe networkpolicy NAME', 'kubectl -n NAMESPACE exec POD -- nslookup kubernetes.default'],
	fix: 'Allow egress to UDP and TCP 53 of the pods k8s-app=kube-dns in kube-system (and to the node-local cache where there is one).',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic'],
	steps: [18],
	needs: ['pods', 'networkPolicies'],
	evaluate: ({pods, networkPolicies}) =>
		networkPolicies.flatMap((policy): readonly Finding[] => {
			const harmed = podsIn(policy.metadata?.namespace, pods).filter(pod => {
				const on = policiesOn(pod, 'Egress', networkPolicies);
				return (
					isRunning(pod) &&
					on.includes(policy) &&
					!on.some(({spec}) => (spec?.egress ?? []).some(({ports}) => holdsPort(ports, pod, 53, 'UDP')))
				);
			});
			// Each pod is told of once: with the first policy that holds it.
			const own = harmed.filter(pod => policiesOn(pod, 'Egress', networkPolicies)[0] === policy);
			if (own.length === 0) return [];
			return [
				{
					about: `NetworkPolicy ${fullName(policy)}`,
					severity: 'warning',
					confidence: 'likely',
					summary:
						`NetworkPolicy ${fullName(policy)} keeps ${own.length} pods (${someOf(own.map(fullName))}) from the DNS ` +
						'server: no egress rule on them admits UDP 53',
					evidence: [{from: `NetworkPolicy ${fullName(policy)} .spec.egress`, text: JSON.stringify(policy.spec?.egress ?? [])}],
					fix: 'add an egress rule for UDP and TCP 53 to kube-system, k8s-app=kube-dns',
					verify: [kubectl('describe', 'networkpolicy', policy)],
				},
			];
		}),
});
