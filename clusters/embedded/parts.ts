/** Every version that the embedded cluster is made of stands here; go/*\/go.mod repeats the Go ones (a unit test holds them together). */

/** Kubernetes versions, the default first: one patch for each minor. Each has its own go/kubernetes-<version>/go.mod, which go/write-module.ts writes. */
export const KUBERNETES_VERSIONS: readonly string[] = ['1.36.3', '1.35.4'];

export const COREDNS_VERSION = '1.14.2';

/** The Go toolchain that all of the modules above build with. */
export const GO_MINIMUM = '1.26.0';

/** Programs built from the Kubernetes module: name and package. The small ones that share least come last, so that a cold build says something early. */
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

/** The userland of a node. Versions are those of the host's own Debian release. */
export const DEBIAN_PACKAGES: readonly string[] = [
	// a system that runs scripts
	'base-files', 'base-passwd', 'bash', 'coreutils', 'dash', 'debianutils', 'findutils', 'gawk', 'grep', 'gzip', 'hostname', 'less', 'libc-bin', 'mount', 'netbase', 'procps', 'sed', 'tar', 'tini', 'runit', 'util-linux',
	// the node's daemons
	'containerd', 'runc', 'containernetworking-plugins', 'etcd-server', 'etcd-client', 'openssh-server',
	// what kubelet and kube-proxy call, and what looks at their work
	'conntrack', 'ethtool', 'ipset', 'iptables', 'ipvsadm', 'kmod', 'nftables', 'socat',
	// for looking and for faults
	'bind9-dnsutils', 'curl', 'iproute2', 'iputils-arping', 'iputils-ping', 'tcpdump',
	// for Node
	'libatomic1', 'libstdc++6', 'ca-certificates',
];
