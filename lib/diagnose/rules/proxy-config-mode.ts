import {MODES} from '../../target.ts';
import {rule, type Finding} from '../rule.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: "kube-proxy's configuration names a mode that exists",
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'A kube-proxy with a mode that it does not know ends at its next start; those that run still have the old configuration, so ' +
		'it shows when a node boots. The mode userspace is gone since 1.26.',
	verify: ['kubectl -n kube-system get configmap kube-proxy -o jsonpath={.data.config\\.conf}'],
	fix: 'Set mode to iptables or nftables.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes'],
	steps: [48],
	needs: ['proxyConfig'],
	evaluate({proxyConfig}): readonly Finding[] {
		const read = configOf(proxyConfig);
		if (read && MODES.some(mode => mode === read.mode)) return [];
		return [
			{
				about: 'ConfigMap kube-system/kube-proxy',
				summary: read
					? `kube-proxy is configured with the mode ${JSON.stringify(read.mode)}, which does not exist`
					: "kube-proxy's configuration cannot be read",
				evidence: [
					{
						from: 'ConfigMap kube-system/kube-proxy config.conf',
						text: /^mode:.*$/m.exec(proxyConfig)?.[0] ?? proxyConfig.slice(0, 300),
					},
				],
				fix: `set mode to ${MODES.join(', ')}`,
				verify: ['kubectl -n kube-system get configmap kube-proxy -o yaml'],
			},
		];
	},
});
