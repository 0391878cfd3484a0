import {notApplicable, rule, type Finding} from '../rule.ts';
import {aboutNode, fullName, podLine} from '../views/objects.ts';
import {readyPods, stuckContainer} from '../views/pod-state.ts';
import {proxyOf, withoutKubeProxy} from '../views/proxy.ts';

export default rule({
	title: 'kube-proxy runs on every node',
	severity: 'error',
	layer: 'kube-proxy',
	why:
		'Each node has a kube-proxy of its own. Where it does not run, Services that are new or have changed do not work from that ' +
		'node, and new endpoints are not used; after a reboot none works.',
	verify: ['kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide'],
	fix: 'Look why its pod does not run there: a taint without toleration, an image that is missing, a kernel module.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-kube-proxy-working'],
	steps: [40],
	needs: ['nodes', 'pods', 'daemonSets'],
	evaluate({nodes, pods, daemonSets}) {
		const proxy = proxyOf(pods, nodes, daemonSets);
		const why = withoutKubeProxy(proxy);
		if (why !== undefined || proxy.kind !== 'kube-proxy') return notApplicable(why ?? '');
		return nodes
			.filter(({status}) => status?.nodeInfo?.operatingSystem !== 'windows')
			.flatMap((node): readonly Finding[] => {
				const own = proxy.pods.filter(({spec}) => spec?.nodeName === node.metadata?.name);
				if (readyPods(own).length > 0) return [];
				const [pod] = own;
				const stuck = pod && stuckContainer(pod);
				return [
					{
						about: aboutNode(node),
						summary: pod
							? `kube-proxy on ${fullName(node)} is not ready${stuck ? `: ${stuck.reason}` : ''}`
							: `no kube-proxy runs on ${fullName(node)}`,
						evidence: [
							pod
								? {
										from: `pod ${fullName(pod)} .status`,
										text: stuck ? `${stuck.reason}: ${stuck.message}` : `${pod.status?.phase}, not ready`,
									}
								: {from: `pods of kube-proxy on ${fullName(node)}`, text: 'none'},
						],
						fix: pod ? 'look into its log' : 'look into the events of the DaemonSet kube-proxy, and the taints of the node',
						verify: [pod ? podLine('logs', pod) : 'kubectl -n kube-system describe daemonset kube-proxy'],
					},
				];
			});
	},
});
