import {stringify} from 'yaml';
import type {Family} from '../../lib/target.ts';
import {CLUSTER_DNS, hostAddress, nodeAddress, podSubnetOf, versionsOf} from './addresses.ts';
import {defaultRoute, ipv6Settings, masquerade, masqueradeByIptables, podRoutes, segmentNetwork} from './network.ts';
import {PAUSE_IMAGE} from './parts/images.ts';
import {cniConfig} from './cni-config.ts';
import type {KernelSpec, MachineSpec} from './machine/machine.ts';
import type {PodLinks} from './pod-links.ts';

/**
 * containerd 1.6's CRI plugin. Without CAP_SYS_RESOURCE runc cannot lower oom_score_adj and no pod starts;
 * restrict_oom_score_adj makes containerd ask for no less than it has itself.
 */
export const containerdConfig = (restrictOomScore: boolean): string => `version = 2
disabled_plugins = [
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.internal.v1.tracing",
]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = ${restrictOomScore}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`;

/** kubelet's configuration, for a cluster whose DNS has this address. */
export const kubeletConfig = (clusterDns: string): string =>
	stringify({
		apiVersion: 'kubelet.config.k8s.io/v1beta1',
		kind: 'KubeletConfiguration',
		authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: '/etc/kubernetes/pki/ca.crt'}},
		authorization: {mode: 'Webhook'},
		cgroupDriver: 'cgroupfs',
		failCgroupV1: false,
		clusterDNS: [clusterDns],
		clusterDomain: 'cluster.local',
		resolvConf: '/etc/resolv.conf',
		containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
		staticPodPath: '/etc/kubernetes/manifests',
		// The disk is the host's: its fullness is no reason to evict pods.
		evictionHard: {'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%', 'imagefs.inodesFree': '0%'},
		imageGCHighThresholdPercent: 100,
		failSwapOn: false,
	});

export type NodeOptions = {
	readonly layers: readonly string[];
	readonly family: Family;
	readonly links: PodLinks;
	readonly nodes: number;
	readonly kubeconfig: string;
	readonly ca: string;
	readonly containerdTemplate: string;
	readonly restrictOomScore: boolean;
	/** Its kernel has nf_tables' families ip and ip6. */
	readonly nftables: boolean;
	/** Left out: the host's. */
	readonly kernel?: KernelSpec;
};

/** A Node: containerd, kubelet and what they start. The control-plane Node differs by its taint and label only. */
export const nodeMachine = (
	name: string,
	index: number,
	{layers, family, links, nodes, kubeconfig, ca, containerdTemplate, restrictOomScore, nftables, kernel}: NodeOptions,
): MachineSpec => ({
	name,
	layers,
	links: ['eth0'],
	network: segmentNetwork({family, address: version => nodeAddress(index, version)}, [
		...podRoutes(family, nodes, index),
		...defaultRoute(family),
	]),
	sysctls: {
		'net/ipv4/ip_forward': '1',
		...ipv6Settings(family),
		...(family === 'dual' && {'net/ipv6/conf/all/forwarding': '1'}),
		'net/bridge/bridge-nf-call-iptables': '1',
		'net/bridge/bridge-nf-call-ip6tables': '1',
	},
	...(kernel && {kernel}),
	...(nftables ? {nft: masquerade(family)} : {iptables: masqueradeByIptables(family)}),
	disk: {'var/lib/containerd': containerdTemplate},
	files: {
		'etc/containerd/config.toml': containerdConfig(restrictOomScore),
		'etc/cni/net.d/10-vipcheck.conflist': cniConfig(
			versionsOf(family).map(version => podSubnetOf(index, version)),
			links,
		),
		'etc/kubernetes/pki/ca.crt': ca,
		'etc/kubernetes/kubelet.conf': kubeconfig,
		// CoreDNS forwards to what the node asks; a loopback address would be itself. The gateway answers nothing.
		'etc/resolv.conf': `nameserver ${hostAddress('gateway')}\n`,
		'var/lib/kubelet/config.yaml': kubeletConfig(CLUSTER_DNS),
	},
	// A kubelet that starts before the API server answers only takes its processor time away, retrying.
	held: ['kubelet'],
	services: {
		containerd: 'exec containerd',
		kubelet: `until [ -S /run/containerd/containerd.sock ]; do sleep 0.2; done
exec kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf \\
	--hostname-override=${name} --node-ip=${versionsOf(family)
		.map(version => nodeAddress(index, version))
		.join(',')}`,
	},
});
