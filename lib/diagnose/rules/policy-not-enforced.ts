import {notApplicable, rule} from '../rule.ts';
import {someOf, fullName} from '../views/objects.ts';

/** Network plugins by their DaemonSets, and whether they enforce NetworkPolicies. */
const ENFORCES = /calico|cilium|antrea|kube-router|weave|canal|ovnkube|aws-node|azure-npm|anetd|network-polic/;
const DOES_NOT = /flannel|kindnet-legacy/;

export default rule({
	title: 'Network policies are enforced by the network plugin',
	severity: 'warning',
	layer: 'policy',
	why:
		'The API server takes NetworkPolicies whether or not anything enforces them. Flannel by itself does not: what a policy ' +
		'forbids gets through.',
	verify: ['kubectl get daemonsets -A', 'kubectl get networkpolicies -A'],
	fix: 'Install a plugin that enforces policies (Calico for policies beside flannel, Cilium, Antrea, kube-network-policies).',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites'],
	steps: [19],
	needs: ['networkPolicies', 'daemonSets'],
	evaluate({networkPolicies, daemonSets}) {
		if (networkPolicies.length === 0) return notApplicable('there is no NetworkPolicy');
		const names = daemonSets.map(({metadata}) => metadata?.name ?? '');
		const plugin = names.find(name => DOES_NOT.test(name));
		if (plugin === undefined || names.some(name => ENFORCES.test(name))) return [];
		return [
			{
				about: 'the cluster',
				confidence: 'likely',
				summary:
					`${networkPolicies.length} NetworkPolicies are there (${someOf(networkPolicies.map(fullName))}), and the network ` +
					`plugin ${plugin} does not enforce them`,
				evidence: [{from: 'DaemonSets', text: someOf(names, 8)}],
				fix: 'install a plugin that enforces policies',
				verify: ['kubectl get daemonsets -A'],
			},
		];
	},
});
