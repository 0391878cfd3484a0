import {provesRules} from './fixtures/prove.ts';
import {node, service, unready, waiting} from './fixtures/world.ts';

provesRules({
	'dns-service-missing': {
		fires: world => void (world.services = world.services.filter(({metadata}) => metadata?.name !== 'kube-dns')),
		quiet(world) {
			world.services = world.services.filter(({metadata}) => metadata?.name !== 'kube-dns');
			world.services.push(
				service('coredns', '10.96.0.10', {
					namespace: 'kube-system',
					labels: {'k8s-app': 'kube-dns'},
					selector: {'k8s-app': 'kube-dns'},
				}),
			);
		},
		says: /there is no Service kube-dns/,
	},
	'dns-down': {
		fires: world => unready(world, /^coredns/),
		quiet: world => unready(world, /^coredns-1/),
		says: /no DNS server is ready/,
		first: true,
	},
	'dns-partly-down': {
		fires: world => unready(world, /^coredns-1/),
		quiet: world => unready(world, /^web-1/),
		says: /DNS server kube-system\/coredns-1 is not ready; 1 others answer/,
	},
	'corefile-lacks-kubernetes': {
		fires: world => void (world.corefile = '.:53 {\n    # kubernetes cluster.local\n    forward . /etc/resolv.conf\n}\n'),
		quiet: world => void (world.corefile = '.:53 {\n    kubernetes corp.example in-addr.arpa\n}\n'),
		says: /the Corefile has no plugin kubernetes/,
		first: true,
	},
	'corefile-without-forward': {
		fires: world => void (world.corefile = '.:53 {\n    kubernetes cluster.local\n}\n'),
		quiet: world => void (world.corefile = '.:53 {\n    kubernetes cluster.local\n    forward . 192.0.2.53\n}\n'),
		says: /the Corefile forwards nothing/,
	},
	'proxy-missing-on-node': {
		fires: world => void (world.pods = world.pods.filter(({metadata}) => metadata?.name !== 'kube-proxy-worker-2')),
		quiet(world) {
			world.pods = world.pods.filter(({metadata}) => !metadata?.name?.startsWith('kube-proxy'));
			world.daemonSets = [{metadata: {name: 'cilium', namespace: 'kube-system'}}];
		},
		says: /^no kube-proxy runs on worker-2$/,
		first: true,
	},
	'proxy-restarting': {
		fires: world => waiting(world, /^kube-proxy-worker-1/, 'CrashLoopBackOff'),
		quiet: world => waiting(world, /^web-1/, 'CrashLoopBackOff'),
		says: /kube-proxy on worker-1 has started 7 times again/,
	},
	'proxy-version-skew': {
		fires: world => void (world.version = 'v1.40.1'),
		quiet: world => void (world.version = 'v1.39.0'),
		says: /kube-proxy is 1\.36 on .* and the API server v1\.40\.1/,
		first: true,
	},
	'proxy-config-mode': {
		fires: world => void (world.proxyConfig = 'mode: userspace\n'),
		quiet: world => void (world.proxyConfig = 'mode: ""\n'),
		says: /the mode "userspace", which does not exist/,
		first: true,
	},
	'proxy-cluster-cidr': {
		fires: world => void (world.proxyConfig = 'clusterCIDR: 10.200.0.0/16\n'),
		quiet: world => void (world.proxyConfig = 'clusterCIDR: 10.200.0.0/16\ndetectLocalMode: NodeCIDR\n'),
		says: /does not hold the pods of control-plane/,
		first: true,
	},
	'proxy-ipvs-deprecated': {
		fires: world => void (world.proxyConfig = 'mode: ipvs\n'),
		quiet: world => void (world.proxyConfig = 'mode: nftables\n'),
		says: /in ipvs mode, which is deprecated/,
	},
	'node-not-ready': {
		fires: world =>
			void (world.nodes[1]!.status!.conditions = [
				{type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.'},
			]),
		quiet: world => void (world.nodes[1]!.status!.conditions = []),
		says: /node worker-1 is not ready \(NodeStatusUnknown\), and 2 endpoints on it still get traffic/,
		first: true,
	},
	'node-network-unavailable': {
		fires: world =>
			void world.nodes[1]!.status!.conditions!.push({type: 'NetworkUnavailable', status: 'True', reason: 'NoRouteCreated'}),
		quiet: world =>
			void world.nodes[1]!.status!.conditions!.push({type: 'NetworkUnavailable', status: 'False', reason: 'RouteCreated'}),
		says: /the network of node worker-1 is not set up: NoRouteCreated/,
		first: true,
	},
	'node-going-away': {
		fires: world => void (world.nodes[1]!.spec!.taints = [{key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule'}]),
		quiet: world => void (world.nodes[1]!.spec!.taints = [{key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule'}]),
		says: /node worker-1 is about to be deleted/,
	},
	'node-pod-networks-overlap': {
		fires: world => void world.nodes.push(node('worker-3', '172.18.0.13', '10.244.1.0/25')),
		quiet: world => void world.nodes.push(node('worker-3', '172.18.0.13', '10.244.3.0/24')),
		says: /the network 10\.244\.1\.0\/25 of the pods of worker-3 overlaps the pods of worker-1/,
	},
});
