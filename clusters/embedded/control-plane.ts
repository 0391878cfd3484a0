import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse, stringify} from 'yaml';
import {quote} from '../../lib/shell/quote.ts';
import type {Family, Target} from '../../lib/target.ts';
import {COREDNS_VERSION} from './parts.ts';
import {onHost} from './host.ts';
import {hostAddress, podSubnet, serviceSubnet, versionsOf, type Version} from './addresses.ts';
import {defaultRoute, ipv6Settings, podRoutes, segmentNetwork, type Leg} from './network.ts';
import {kernelOf} from './kernels/kernels.ts';
import {IMAGE_REPOSITORY} from './parts/images.ts';
import type {MachineSpec} from './machine/machine.ts';
import {settled} from './settled.ts';

const API = 'kubeadm.k8s.io/v1beta4';
const args = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([name, value]) => ({name, value}));

const subnets = (family: Family, of: (version: Version) => string): string =>
	versionsOf(family)
		.map(version => of(version))
		.join(',');

/**
 * What kubeadm is told (https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/); all flags of the control plane come from
 * kubeadm's own answer.
 */
const kubeadmConfig = (target: Target, id: string, leg: Leg, patches?: {readonly directory: string}): string =>
	[
		{
			apiVersion: API,
			kind: 'InitConfiguration',
			localAPIEndpoint: {advertiseAddress: hostAddress('api'), bindPort: 6443},
			nodeRegistration: {name: 'control-plane', criSocket: 'unix:///run/containerd/containerd.sock'},
			...(patches && {patches}),
		},
		{
			apiVersion: API,
			kind: 'ClusterConfiguration',
			clusterName: `vipcheck-${id}`,
			kubernetesVersion: `v${target.version}`,
			controlPlaneEndpoint: `${hostAddress('api')}:6443`,
			encryptionAlgorithm: 'ECDSA-P256',
			imageRepository: IMAGE_REPOSITORY,
			dns: {imageRepository: IMAGE_REPOSITORY, imageTag: `v${COREDNS_VERSION}`},
			networking: {
				podSubnet: subnets(target.family, podSubnet),
				serviceSubnet: subnets(target.family, serviceSubnet),
				dnsDomain: 'cluster.local',
			},
			apiServer: {
				certSANs: [leg.cluster, 'localhost', '127.0.0.1'],
				extraArgs: args({
					'audit-log-path': '/var/log/kubernetes/audit.log',
					'audit-policy-file': '/etc/kubernetes/audit-policy.yaml',
					'audit-log-maxsize': '200',
					// Webhooks are reached by their endpoints: no kube-proxy runs beside this API server.
					'enable-aggregator-routing': 'true',
				}),
			},
			// One instance each: nobody else can hold the lease. The default of 20 queries a second holds the start of 30 controllers back
			// by 4 s. Each Node's pods have the addresses that its CNI configuration says; an allocator could be first to give it others.
			controllerManager: {
				extraArgs: args({'leader-elect': 'false', 'allocate-node-cidrs': 'false', 'kube-api-qps': '500', 'kube-api-burst': '500'}),
			},
			scheduler: {extraArgs: args({'leader-elect': 'false'})},
		},
		{
			apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
			kind: 'KubeProxyConfiguration',
			mode: target.mode,
			clusterCIDR: subnets(target.family, podSubnet),
			// nf_conntrack_max is read-only in a network namespace, and kube-proxy exits when it cannot write it (kind does the same).
			conntrack: {maxPerCore: 0},
			...kernelOf(target.nodeKernel).proxyConfig,
		},
	]
		.map(document => stringify(document))
		.join('---\n');

/**
 * A fresh kubelet waits up to a whole probe period (10 s unless told otherwise) before its first look at a pod. Three answers that take
 * longer than a second, as on a busy node, would take CoreDNS out of its Service.
 */
const COREDNS_PROBE = {periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 30};
const COREDNS_PATCH = stringify({spec: {template: {spec: {containers: [{name: 'coredns', readinessProbe: COREDNS_PROBE}]}}}});

const AUDIT_POLICY = stringify({
	apiVersion: 'audit.k8s.io/v1',
	kind: 'Policy',
	omitStages: ['RequestReceived'],
	rules: [{level: 'Metadata'}],
});

/** Debian's etcd 3.4 does not know all flags of kubeadm's manifest; these do with kubeadm's certificates. */
export const etcdCommand = (dataDir: string): readonly string[] => [
	'etcd',
	'--name=api',
	`--data-dir=${dataDir}`,
	'--listen-client-urls=https://127.0.0.1:2379',
	'--advertise-client-urls=https://127.0.0.1:2379',
	'--listen-peer-urls=https://127.0.0.1:2380',
	'--initial-advertise-peer-urls=https://127.0.0.1:2380',
	'--initial-cluster=api=https://127.0.0.1:2380',
	'--client-cert-auth=true',
	'--cert-file=/etc/kubernetes/pki/etcd/server.crt',
	'--key-file=/etc/kubernetes/pki/etcd/server.key',
	'--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
	'--peer-client-cert-auth=true',
	'--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt',
	'--peer-key-file=/etc/kubernetes/pki/etcd/peer.key',
	'--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
	'--snapshot-count=10000',
];

const script = (command: readonly string[]): string => `exec ${quote(command)}`;

/** The credentials of a cluster, as text. */
export type Credentials = {
	readonly admin: string;
	readonly kubelets: ReadonlyMap<string, string>;
	readonly ca: string;
	readonly files: Readonly<Record<string, string>>;
	readonly commands: Readonly<Record<string, readonly string[]>>;
};

const FILES = [
	'pki/ca.crt',
	'pki/ca.key',
	'pki/apiserver.crt',
	'pki/apiserver.key',
	'pki/apiserver-kubelet-client.crt',
	'pki/apiserver-kubelet-client.key',
	'pki/front-proxy-ca.crt',
	'pki/front-proxy-ca.key',
	'pki/front-proxy-client.crt',
	'pki/front-proxy-client.key',
	'pki/sa.key',
	'pki/sa.pub',
	'pki/apiserver-etcd-client.crt',
	'pki/apiserver-etcd-client.key',
	'pki/etcd/ca.crt',
	'pki/etcd/ca.key',
	'pki/etcd/server.crt',
	'pki/etcd/server.key',
	'pki/etcd/peer.crt',
	'pki/etcd/peer.key',
	'admin.conf',
	'super-admin.conf',
	'controller-manager.conf',
	'scheduler.conf',
];

/** Lets kubeadm make certificates, kubeconfigs and the control plane's command lines in a directory of their own. */
export const makeCredentials = async (
	kubeadm: string,
	target: Target,
	id: string,
	leg: Leg,
	dir: string,
	nodes: readonly string[],
	{signal, log}: {signal: AbortSignal; log: string},
): Promise<Credentials> => {
	const root = join(dir, 'kubeadm');
	const etc = join(root, 'etc/kubernetes');
	await mkdir(etc, {recursive: true});
	const config = kubeadmConfig(target, id, leg);
	await writeFile(join(etc, 'kubeadm.yaml'), config);
	// Not copyFile: a child forked while this process has the copy open for writing keeps it from being run (ETXTBSY).
	await onHost(['cp', kubeadm, join(root, 'kubeadm')], {signal, log});
	// In a root of its own kubeadm writes the paths that the machine will have.
	const run = async (...words: string[]) =>
		onHost(['chroot', root, '/kubeadm', ...words, '--config', '/etc/kubernetes/kubeadm.yaml'], {signal, log});
	await run('init', 'phase', 'certs', 'all');
	await settled([run('init', 'phase', 'kubeconfig', 'all'), run('init', 'phase', 'control-plane', 'all')]);
	const kubelets = await settled(
		nodes.map(
			async name => [name, await run('kubeconfig', 'user', '--client-name', `system:node:${name}`, '--org', 'system:nodes')] as const,
		),
	);
	const read = async (path: string) => readFile(join(etc, path), 'utf8');
	const files = Object.fromEntries(await Promise.all(FILES.map(async path => [`etc/kubernetes/${path}`, await read(path)] as const)));
	const commands = Object.fromEntries(
		await Promise.all(
			['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
				async name =>
					[
						name,
						(parse(await read(`manifests/${name}.yaml`)) as {spec: {containers: [{command: string[]}]}}).spec.containers[0]
							.command,
					] as const,
			),
		),
	);
	await rm(root, {recursive: true});
	files['etc/kubernetes/kubeadm.yaml'] = config;
	// Only where they are meant: kubeadm 1.37 puts what it says of patches into a manifest that it prints, and no line between two objects.
	files['etc/kubernetes/kubeadm-patched.yaml'] = kubeadmConfig(target, id, leg, {directory: '/etc/kubernetes/patches'});
	files['etc/kubernetes/audit-policy.yaml'] = AUDIT_POLICY;
	files['etc/kubernetes/patches/corednsdeployment+strategic.yaml'] = COREDNS_PATCH;
	return {
		admin: files['etc/kubernetes/admin.conf'] as string,
		ca: files['etc/kubernetes/pki/ca.crt'] as string,
		kubelets: new Map(kubelets),
		files,
		commands,
	};
};

/** Daemons of the control plane that only retry while the API server does not answer. */
export const API_CLIENTS = ['kube-controller-manager', 'kube-scheduler'];

/** The machine of the control plane: not a Node, no kubelet, no kube-proxy; the host's leg ends here and nothing is forwarded. */
export const apiMachine = (layers: readonly string[], credentials: Credentials, leg: Leg, nodes: number, family: Family): MachineSpec => ({
	name: 'api',
	layers,
	links: ['eth0', 'leg'],
	network: [
		...segmentNetwork({family, address: version => hostAddress('api', version)}, podRoutes(family, nodes)),
		'link set leg addrgenmode none',
		`addr add ${leg.cluster}/31 dev leg`,
		'link set leg up',
		...defaultRoute(family),
	],
	sysctls: {'net/ipv4/ip_forward': '0', ...ipv6Settings(family)},
	files: {...credentials.files, 'var/log/kubernetes/audit.log': ''},
	held: API_CLIENTS,
	services: {
		// In memory: a cluster is not kept over a reboot of its API machine.
		etcd: script(etcdCommand('/run/etcd')),
		...Object.fromEntries(Object.entries(credentials.commands).map(([name, command]) => [name, script(command)])),
	},
});
