import {rule, type Finding} from '../rule.ts';

export default rule({
	title: 'The Corefile says who answers for names outside of the cluster',
	severity: 'warning',
	layer: 'dns',
	why:
		'Without `forward` (or a file of its own) CoreDNS answers REFUSED to every name that is not of the cluster: pods reach ' +
		'Services and nothing else by name.',
	verify: ['kubectl -n kube-system get configmap coredns -o jsonpath={.data.Corefile}'],
	fix: 'Add `forward . /etc/resolv.conf`, or the addresses of your resolvers.',
	refs: ['https://coredns.io/plugins/forward/'],
	steps: [35],
	needs: ['corefile'],
	evaluate({corefile}): readonly Finding[] {
		const plain = corefile.replaceAll(/#.*/g, '');
		if (/^\s*(?:forward|proxy|file|template|import|erratic|recursor|hosts)\s/m.test(plain)) return [];
		return [
			{
				about: 'ConfigMap kube-system/coredns',
				severity: 'info',
				confidence: 'likely',
				summary: 'the Corefile forwards nothing: names outside of the cluster are refused',
				evidence: [{from: 'ConfigMap kube-system/coredns Corefile', text: corefile.trim().slice(0, 600)}],
				fix: 'add `forward . /etc/resolv.conf` to the server block of `.:53`, unless pods must not resolve other names',
				verify: ['kubectl -n kube-system get configmap coredns -o jsonpath={.data.Corefile}'],
			},
		];
	},
});
