import {notApplicable, rule} from '../rule.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: 'kube-proxy is in a mode that will stay',
	severity: 'info',
	layer: 'kube-proxy',
	why: 'The mode ipvs is deprecated since 1.35; it will be off unless a feature gate is set in 1.40, and gone in 1.43.',
	verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml | grep mode'],
	fix: 'Plan the move to nftables: `vipcheck migrate --to nftables` says what changes for each Service.',
	refs: ['https://github.com/kubernetes/enhancements/issues/5495'],
	steps: [41],
	needs: ['proxyConfig'],
	evaluate({proxyConfig}) {
		if (configOf(proxyConfig)?.mode !== 'ipvs') return notApplicable('kube-proxy is not in ipvs mode');
		return [
			{
				about: 'ConfigMap kube-system/kube-proxy',
				summary: 'kube-proxy is in ipvs mode, which is deprecated',
				evidence: [{from: 'ConfigMap kube-system/kube-proxy config.conf', text: 'mode: ipvs'}],
				fix: 'run `vipcheck migrate --to nftables`',
				verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml'],
			},
		];
	},
});
