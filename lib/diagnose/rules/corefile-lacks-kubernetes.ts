import {rule, type Finding} from '../rule.ts';

export default rule({
	title: 'The Corefile has the plugin kubernetes with a domain of the cluster',
	severity: 'error',
	layer: 'dns',
	why:
		'The plugin kubernetes answers for the names of Services. Without it, or for a domain that is not the one in the resolv.conf ' +
		'of the pods, CoreDNS forwards these names to the outside, which does not know them.',
	verify: ['kubectl -n kube-system get configmap coredns -o jsonpath={.data.Corefile}', 'kubectl exec POD -- cat /etc/resolv.conf'],
	fix: 'Put `kubernetes cluster.local in-addr.arpa ip6.arpa` back, with the domain that kubelet gives (clusterDomain).',
	refs: ['https://coredns.io/plugins/kubernetes/'],
	steps: [35],
	needs: ['corefile'],
	evaluate({corefile}): readonly Finding[] {
		const lines = corefile.split('\n').map(line => line.replace(/#.*/, '').trim());
		const plugins = lines.flatMap(line => {
			const [, zones] = /^kubernetes\s+([^{]*)/.exec(line) ?? (/^kubernetes\s*\{?$/.test(line) ? [line, ''] : []);
			return zones === undefined ? [] : [zones.split(/\s+/).filter(Boolean)];
		});
		const forward = plugins.filter(zones => zones.length === 0 || zones.some(zone => !/\.arpa\.?$/.test(zone)));
		if (forward.length > 0) return [];
		return [
			{
				about: 'ConfigMap kube-system/coredns',
				summary:
					plugins.length === 0
						? 'the Corefile has no plugin kubernetes: CoreDNS knows no Service'
						: 'the plugin kubernetes of the Corefile serves reverse zones only',
				evidence: [{from: 'ConfigMap kube-system/coredns Corefile', text: corefile.trim().slice(0, 600)}],
				fix: 'add `kubernetes cluster.local in-addr.arpa ip6.arpa { pods insecure }` to the server block of `.:53`',
				verify: ['kubectl -n kube-system get configmap coredns -o jsonpath={.data.Corefile}'],
			},
		];
	},
});
