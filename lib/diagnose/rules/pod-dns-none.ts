import {canonicalIp} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {clusterIpsOf} from '../views/addresses.ts';
import {dnsService} from '../views/dns.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';
import {isRunning} from '../views/pod-state.ts';

export default rule({
	title: 'A pod with nameservers of its own asks one that knows the cluster',
	severity: 'warning',
	layer: 'dns',
	why:
		'dnsPolicy: None takes the nameservers of dnsConfig alone. Where none of them is the DNS server of the cluster, names of ' +
		'Services do not resolve.',
	verify: ['kubectl -n NAMESPACE get pod POD -o jsonpath={.spec.dnsConfig}'],
	fix: 'Name the ClusterIP of kube-dns among the nameservers, or use ClusterFirst.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config'],
	steps: [36],
	needs: ['pods', 'services'],
	evaluate({pods, services}): readonly Finding[] {
		const dns = dnsService(services);
		const known = new Set([
			...(dns ? clusterIpsOf(dns) : []),
			// NodeLocal DNSCache.
			'169.254.20.10',
		]);
		return pods
			.filter(
				pod =>
					pod.spec?.dnsPolicy === 'None' &&
					isRunning(pod) &&
					!(pod.spec.dnsConfig?.nameservers ?? []).some(ip => known.has(canonicalIp(ip) ?? ip)),
			)
			.map(pod => ({
				about: aboutPod(pod),
				confidence: 'likely' as const,
				summary:
					`pod ${fullName(pod)} asks only ${(pod.spec?.dnsConfig?.nameservers ?? []).join(', ') || 'nobody'}, which is not ` +
					'the DNS server of the cluster',
				evidence: [{from: `pod ${fullName(pod)} .spec.dnsConfig`, text: JSON.stringify(pod.spec?.dnsConfig ?? {})}],
				fix: `add ${dns ? clusterIpsOf(dns).join(', ') : 'the ClusterIP of kube-dns'} to its nameservers`,
				verify: [podLine('exec', pod, '-- cat /etc/resolv.conf')],
			}));
	},
});
