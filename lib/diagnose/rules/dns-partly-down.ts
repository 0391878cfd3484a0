import {rule, type Finding} from '../rule.ts';
import {isDnsPod} from '../views/dns.ts';
import {aboutPod, fullName, podLine} from '../views/objects.ts';
import {readyPods} from '../views/pod-state.ts';

export default rule({
	title: 'Every DNS server of the cluster is ready, and there are two',
	severity: 'warning',
	layer: 'dns',
	why: 'The others answer for one that is down; with a single one, names stop to resolve whenever its pod moves or its node is drained.',
	verify: ['kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide'],
	fix: 'Look into the log of the pod that is not ready; run at least two, on different nodes.',
	refs: ['https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/'],
	steps: [35],
	needs: ['pods', 'nodes'],
	evaluate({pods, nodes}): readonly Finding[] {
		const servers = pods.filter(pod => isDnsPod(pod) && !pod.metadata?.deletionTimestamp);
		const ready = readyPods(servers);
		const down = servers.filter(pod => !ready.includes(pod));
		if (ready.length > 0 && down.length > 0)
			return down.map(pod => ({
				about: aboutPod(pod),
				summary: `DNS server ${fullName(pod)} is not ready; ${ready.length} others answer`,
				evidence: [
					{
						from: `pod ${fullName(pod)} .status`,
						text: pod.status?.conditions?.find(({type}) => type === 'Ready')?.message ?? pod.status?.phase ?? '',
					},
				],
				fix: 'look into its log',
				verify: [podLine('logs', pod)],
			}));
		const [only] = ready;
		if (ready.length !== 1 || !only || nodes.length < 2) return [];
		return [
			{
				about: 'Service kube-system/kube-dns',
				severity: 'info',
				summary: `one DNS server, ${fullName(only)}, serves a cluster of ${nodes.length} nodes`,
				evidence: [{from: 'ready pods of k8s-app=kube-dns', text: fullName(only)}],
				fix: 'kubectl -n kube-system scale deployment coredns --replicas 2',
				verify: ['kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide'],
			},
		];
	},
});
