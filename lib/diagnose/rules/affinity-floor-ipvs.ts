import {affinityWindowSeconds} from '../../model/affinity.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';
import {configOf} from '../views/proxy.ts';

export default rule({
	title: 'In ipvs mode a session affinity is longer than what the kernel keeps anyway',
	severity: 'info',
	layer: 'rules',
	why:
		'ipvs keeps the tie to a backend while it still remembers a closed connection: two minutes after a TCP connection that ' +
		'ended, five after a datagram. A shorter timeout is not kept.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.sessionAffinityConfig}'],
	fix: 'Count on about two minutes, or use another mode.',
	refs: ['https://docs.kernel.org/networking/ipvs-sysctl.html'],
	steps: [25],
	needs: ['services', 'proxyConfig'],
	evaluate({services, proxyConfig}) {
		if (configOf(proxyConfig)?.mode !== 'ipvs') return notApplicable('kube-proxy is not in ipvs mode');
		return services.flatMap((service): readonly Finding[] => {
			const seconds = service.spec?.sessionAffinityConfig?.clientIP?.timeoutSeconds;
			if (service.spec?.sessionAffinity !== 'ClientIP' || seconds === undefined) return [];
			const real = affinityWindowSeconds('ipvs', seconds, 'fin');
			if (real <= seconds) return [];
			return [
				{
					about: aboutService(service),
					summary:
						`Service ${fullName(service)} asks for an affinity of ${seconds} s; ipvs keeps it for about ${real} s after ` +
						'a closed TCP connection',
					evidence: [
						{
							from: `${aboutService(service)} .spec.sessionAffinityConfig`,
							text: JSON.stringify(service.spec.sessionAffinityConfig),
						},
					],
					fix: 'expect the longer time, or use iptables or nftables mode',
					verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.sessionAffinityConfig}')],
				},
			];
		});
	},
});
