import {rule, type Finding} from '../rule.ts';
import {dnsService, isDnsPod} from '../views/dns.ts';
import {fullName, someOf} from '../views/objects.ts';

export default rule({
	title: 'The cluster has a Service for its DNS server',
	severity: 'error',
	layer: 'dns',
	why:
		"The resolv.conf of every pod names the ClusterIP of the DNS Service (kubelet's clusterDNS). Without it no name of a Service " +
		'resolves.',
	verify: ['kubectl -n kube-system get service kube-dns'],
	fix: 'Install the DNS add-on again, with the ClusterIP that kubelet gives to pods.',
	refs: ['https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/'],
	steps: [35],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}): readonly Finding[] => {
		if (dnsService(services)) return [];
		const servers = pods.filter(isDnsPod);
		return [
			{
				about: 'the cluster',
				confidence: servers.length > 0 ? 'certain' : 'likely',
				summary: `there is no Service kube-dns in kube-system: pods' names of Services do not resolve`,
				evidence: [{from: 'pods of the DNS server', text: someOf(servers.map(fullName)) || 'none'}],
				fix: 'make the Service kube-dns with the address that kubelet gives to pods (clusterDNS)',
				verify: ['kubectl -n kube-system get service kube-dns'],
			},
		];
	},
});
