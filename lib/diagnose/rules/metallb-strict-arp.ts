import {notApplicable, rule, type Finding} from '../rule.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: 'With MetalLB on layer 2 kube-proxy in ipvs mode does not let every node answer ARP',
	severity: 'error',
	layer: 'lb',
	why:
		'In ipvs mode every node has the addresses of the load balancers on kube-ipvs0, and answers ARP for them unless strictARP is ' +
		'set. The network then sends to any node, and MetalLB cannot move an address.',
	verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml | grep strictARP'],
	fix: 'Set ipvs.strictARP: true, and restart kube-proxy.',
	refs: ['https://metallb.io/installation/#preparation'],
	steps: [43, 63],
	needs: ['addressPools', 'l2Advertisements', 'proxyConfig'],
	evaluate({addressPools, l2Advertisements, proxyConfig}) {
		const read = configOf(proxyConfig);
		if (read?.mode !== 'ipvs') return notApplicable('kube-proxy is not in ipvs mode');
		if (addressPools.length === 0 || l2Advertisements.length === 0) return notApplicable('MetalLB announces nothing on layer 2');
		if (read.config.ipvs?.strictARP) return [];
		const finding: Finding = {
			about: 'ConfigMap kube-system/kube-proxy',
			summary: 'kube-proxy in ipvs mode without strictARP: every node answers ARP for the addresses that MetalLB announces',
			evidence: [{from: 'ConfigMap kube-system/kube-proxy ipvs.strictARP', text: 'false'}],
			fix: 'set ipvs.strictARP: true, and restart kube-proxy',
			verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml | grep strictARP'],
		};
		return [finding];
	},
});
