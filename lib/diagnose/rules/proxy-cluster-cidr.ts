import {canonicalCidr, cidrHolds, familyOf} from '../../model/address.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {fullName, someOf} from '../views/objects.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: "kube-proxy's clusterCIDR holds the networks of all pods",
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'With detectLocalMode ClusterCIDR kube-proxy takes what comes from clusterCIDR for pods and masquerades all else on its way ' +
		"to a ClusterIP. A wrong range makes backends see nodes' addresses instead of pods', so NetworkPolicies by pod fail; " +
		'strangers may pass unmasqueraded and get no answer.',
	verify: [
		'kubectl -n kube-system get configmap kube-proxy -o yaml | grep -E "clusterCIDR|detectLocalMode"',
		'kubectl get nodes -o jsonpath={.items[*].spec.podCIDRs}',
	],
	fix: "Set clusterCIDR to the pods' network, in the ConfigMap, and restart kube-proxy.",
	refs: ['https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/'],
	steps: [44],
	needs: ['proxyConfig', 'nodes'],
	evaluate({proxyConfig, nodes}) {
		const config = configOf(proxyConfig)?.config;
		if (!config) return notApplicable("kube-proxy's configuration cannot be read");
		if (config.detectLocalMode !== 'ClusterCIDR') return notApplicable(`kube-proxy knows pods by ${config.detectLocalMode}`);
		if (config.clusterCIDRs.length === 0) return [];
		const outside = nodes.flatMap(node =>
			(node.spec?.podCIDRs ?? [])
				.flatMap(cidr => canonicalCidr(cidr) ?? [])
				.filter(
					cidr =>
						config.clusterCIDRs.some(own => familyOf(own) === familyOf(cidr)) &&
						!config.clusterCIDRs.some(own => cidrHolds(own, cidr.split('/')[0] ?? '')),
				)
				.map(cidr => ({node, cidr})),
		);
		if (outside.length === 0) return [];
		const finding: Finding = {
			about: 'ConfigMap kube-system/kube-proxy',
			summary:
				`kube-proxy's clusterCIDR ${config.clusterCIDRs.join(', ')} does not hold the pods of ` +
				`${someOf(outside.map(({node, cidr}) => `${fullName(node)} (${cidr})`))}`,
			evidence: [
				{from: 'ConfigMap kube-system/kube-proxy clusterCIDR', text: config.clusterCIDRs.join(', ')},
				...outside.slice(0, 3).map(({node, cidr}) => ({from: `Node ${fullName(node)} .spec.podCIDRs`, text: cidr})),
			],
			fix: "set clusterCIDR to the pods' network, and restart kube-proxy",
			verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml'],
		};
		return [finding];
	},
});
