/** Every version that the embedded cluster is made of stands here; go/*\/go.mod repeats the Go ones (a unit test holds them together). */

/**
 * Kubernetes versions, the default first: one patch for each minor. Each has its own go/kubernetes-<version>/go.mod, which
 * go/write-module.ts writes.
 */
export const KUBERNETES_VERSIONS: readonly string[] = ['1.37.2', '1.36.3', '1.35.4'];

export const COREDNS_VERSION = '1.14.2';

/** The newest that builds from what module proxies have (0.16.2 does not). */
export const METALLB_VERSION = '0.16.1';
export const NETWORK_POLICY_VERSION = '0.8.0';

/** The Go toolchain that all of the modules above build with. */
export const GO_MINIMUM = '1.26.0';

/**
 * Programs built from the Kubernetes module: name and package. The small ones that share least come last, so that a cold build says
 * something early.
 */
export const KUBERNETES_PROGRAMS: readonly {readonly name: string; readonly goPackage: string}[] = [
	{name: 'kubeadm', goPackage: 'k8s.io/kubernetes/cmd/kubeadm'},
	{name: 'kubectl', goPackage: 'k8s.io/kubernetes/cmd/kubectl'},
	{name: 'kube-proxy', goPackage: 'k8s.io/kubernetes/cmd/kube-proxy'},
	{name: 'agnhost', goPackage: 'k8s.io/kubernetes/test/images/agnhost'},
	{name: 'kubelet', goPackage: 'k8s.io/kubernetes/cmd/kubelet'},
	{name: 'kube-scheduler', goPackage: 'k8s.io/kubernetes/cmd/kube-scheduler'},
	{name: 'kube-controller-manager', goPackage: 'k8s.io/kubernetes/cmd/kube-controller-manager'},
	{name: 'kube-apiserver', goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver'},
];

/** Programs built from our own small module, go/images. */
export const IMAGE_PROGRAMS: readonly {readonly name: string; readonly goPackage: string}[] = [
	{name: 'coredns', goPackage: './coredns'},
	{name: 'pause', goPackage: './pause'},
];

/** Programs built from MetalLB's module, go/metallb. */
export const METALLB_PROGRAMS: readonly {readonly name: 'controller' | 'speaker'; readonly goPackage: string}[] = [
	{name: 'controller', goPackage: 'go.universe.tf/metallb/controller'},
	{name: 'speaker', goPackage: 'go.universe.tf/metallb/speaker'},
];

/** The program that enforces policies, of a module of its own, go/network-policy. */
export const NETWORK_POLICY_PROGRAM = {name: 'kube-network-policies', goPackage: 'sigs.k8s.io/kube-network-policies/cmd'} as const;

/** Where the official release has its files. No other file of this project names these hosts. */
export const RELEASE_HOSTS = {programs: 'https://dl.k8s.io', registry: 'https://registry.k8s.io'} as const;

/** An image by digest (of its index, for all architectures), and the program in it that we need. */
export type ReleaseImage = {
	readonly program: string;
	readonly path: string;
	readonly repository: string;
	readonly tag: string;
	readonly digest: string;
};

export const RELEASE_IMAGES: readonly ReleaseImage[] = [
	{
		program: 'agnhost',
		path: 'agnhost',
		repository: 'e2e-test-images/agnhost',
		tag: '2.66.1',
		digest: 'sha256:6e2eef87d0dc77e070a7549bc5fdfa290c0fefe3359eb33c2ad1eda692fe66a4',
	},
	{
		program: 'coredns',
		path: 'coredns',
		repository: 'coredns/coredns',
		tag: `v${COREDNS_VERSION}`,
		digest: 'sha256:e7e6440cfd1e919280958f5b5a6ab2b184d385bba774c12ad2a9e1e4183f90d9',
	},
];

const agnhost = RELEASE_IMAGES.find(({program}) => program === 'agnhost') as ReleaseImage;

/** Images for clusters whose nodes have none of ours: the release's agnhost, and Node with a whole Debian around it. */
export const PUBLIC_IMAGES = {
	agnhost: `${new URL(RELEASE_HOSTS.registry).host}/${agnhost.repository}:${agnhost.tag}`,
	client: 'node:24-bookworm',
	clientCommand: ['sleep', 'infinity'],
} as const;

/** Programs that the official release has as files; parts/pins.json holds their checksums. */
export const RELEASE_PROGRAMS: readonly string[] = KUBERNETES_PROGRAMS.map(({name}) => name).filter(
	name => !RELEASE_IMAGES.some(({program}) => program === name),
);

/** The userland of a node. Versions are those of the host's own Debian release. */
export const DEBIAN_PACKAGES: readonly string[] = [
	// a system that runs scripts
	'base-files',
	'base-passwd',
	'bash',
	'coreutils',
	'dash',
	'debianutils',
	'findutils',
	'gawk',
	'grep',
	'gzip',
	'hostname',
	'less',
	'libc-bin',
	'mount',
	'netbase',
	'procps',
	'sed',
	'tar',
	'tini',
	'runit',
	'util-linux',
	// the node's daemons
	'containerd',
	'runc',
	'containernetworking-plugins',
	'etcd-server',
	'etcd-client',
	'openssh-server',
	// what kubelet and kube-proxy call, and what looks at their work
	'conntrack',
	'ethtool',
	'ipset',
	'iptables',
	'ipvsadm',
	'kmod',
	'nftables',
	'socat',
	// what carries an address where no load balancer does
	'keepalived',
	// for looking and for faults
	'bind9-dnsutils',
	'curl',
	'iproute2',
	'iputils-arping',
	'iputils-ping',
	'tcpdump',
	// for Node
	'libatomic1',
	'libstdc++6',
	'ca-certificates',
];
