import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {stringify} from 'yaml';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../lib/limits.ts';
import type {ClusterRef, Family, Target} from '../../lib/target.ts';
import type {CreateContext} from '../provider.ts';
import {API_VIP, CLUSTER_DNS, hostAddress, nodeAddress, podSubnetOf, versionsOf} from './addresses.ts';
import {API_CLIENTS, apiMachine, makeCredentials} from './control-plane.ts';
import {exec} from './exec.ts';
import {missingInotify} from './inotify.ts';
import {bootMachine, prepareMachine, type Machine, type MachineSpec} from './machine/machine.ts';
import {API_ANSWERS, chooseLeg, defaultRoute, GATEWAY_RULES, ipv6Settings, plug, plugLeg, segmentNetwork} from './network.ts';
import {nodeMachine} from './node.ts';
import {clusterImages} from './parts/images.ts';
import {sourceOf} from './parts/choose.ts';
import {obtainParts} from './parts/obtain.ts';
import {packageVersions} from './parts/rootfs.ts';
import {podLinks} from './pod-links.ts';
import {settled} from './settled.ts';
import {waitFor} from './wait.ts';

/** A process without CAP_SYS_RESOURCE (bit 24) may not lower oom_score_adj. */
const lacksSysResource = async (): Promise<boolean> => {
	const effective = /CapEff:\s*([0-9a-f]+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
	return (BigInt(`0x${effective}`) & (1n << 24n)) === 0n;
};

/** The switch's bridge passes frames on as a switch does: no host firewall looks at them, no port has to wait. */
const switchMachine = (layers: readonly string[]): MachineSpec => ({
	name: 'switch', layers, links: [], network: ['link set lo up', 'link add segment type bridge forward_delay 0 mcast_snooping 0', 'link set segment addrgenmode none', 'link set segment up'],
	sysctls: {'net/bridge/bridge-nf-call-iptables': '0', 'net/bridge/bridge-nf-call-ip6tables': '0', 'net/bridge/bridge-nf-call-arptables': '0'},
});

/** The segment's default gateway answers ARP and forwards nothing: what leaves the cluster is lost here, as a timeout and not as "network unreachable". */
const gatewayMachine = (layers: readonly string[], family: Family): MachineSpec => ({
	name: 'gateway', layers, links: ['eth0'], network: segmentNetwork({family, address: version => hostAddress('gateway', version)}),
	sysctls: {'net/ipv4/ip_forward': '0', ...ipv6Settings(family)}, nft: GATEWAY_RULES,
});

const outsideMachine = (layers: readonly string[], family: Family): MachineSpec => ({
	name: 'outside', layers, links: ['eth0'], network: segmentNetwork({family, address: version => hostAddress('outside', version)}, defaultRoute(family)), sysctls: ipv6Settings(family),
});

const binding = (name: string, role: string, subject: Record<string, string>) =>
	({apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: {name}, roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role}, subjects: [{apiGroup: 'rbac.authorization.k8s.io', ...subject}]});

/** Nodes exist before their kubelets: each has its pod subnet, role and taint from the first moment, as its CNI configuration says. */
const firstObjects = (names: readonly string[], family: Family): string => [
	binding('kubeadm:cluster-admins', 'cluster-admin', {kind: 'Group', name: 'kubeadm:cluster-admins'}),
	binding('vipcheck:apiserver-kubelet', 'system:kubelet-api-admin', {kind: 'User', name: 'kube-apiserver-kubelet-client'}),
	...names.map((name, index) => ({
		apiVersion: 'v1', kind: 'Node',
		metadata: {name, labels: {'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...(index === 0 ? {'node-role.kubernetes.io/control-plane': ''} : {})}},
		spec: {podCIDR: podSubnetOf(index, 4), podCIDRs: versionsOf(family).map(version => podSubnetOf(index, version)), taints: index === 0 ? [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}] : []},
	})),
].map(document => stringify(document)).join('---\n');

/** The program that takes a machine's power or gives it back. */
const power = (dir: string, state: 'off' | 'on', name: string): readonly string[] => [process.execPath, join(import.meta.dirname, 'power.ts'), state, dir, name];

/** Brings up a cluster whose machines are namespaces of this host. Every Node is Ready and the cluster's DNS answers when this returns. */
export const createCluster = async (target: Target, cache: string, {step, progress, signal, id, dir}: CreateContext): Promise<ClusterRef> => {
	const logs = join(dir, 'logs');
	await mkdir(logs, {recursive: true});
	const partsLog = join(logs, 'parts.log');
	const log = join(logs, 'create.log');
	const names = ['control-plane', ...Array.from({length: target.workers}, (_, index) => `worker-${index + 1}`)];
	const restrictOomScore = await lacksSysResource();

	const source = await sourceOf(target.parts, target.version, cache);
	const parts = await step('parts', async () => obtainParts(source, target.version, process.execPath, restrictOomScore, {cache, signal, log: partsLog, progress}), {log: partsLog});
	const {layers} = parts;
	const {family} = target;
	const links = await podLinks();
	const leg = await chooseLeg(id);
	const boot = async (spec: MachineSpec): Promise<Machine> => {
		signal.throwIfAborted();
		await prepareMachine(dir, spec);
		return bootMachine(dir, id, spec);
	};

	const {api, nodes, outside, central} = await step('machines', async () => {
		// Parts may have taken minutes, and another cluster what was free then.
		const [missing] = await missingInotify(target.workers);
		if (missing !== undefined) throw new Error(missing);
		const [[central, gateway, outsideHost], credentials] = await settled([
			settled([boot(switchMachine(layers)), boot(gatewayMachine(layers, family)), boot(outsideMachine(layers, family))]),
			makeCredentials(parts.program('kubeadm'), target, id, leg, dir, names, {signal, log}),
		]);
		const [first, ...others] = await settled([
			boot(apiMachine(layers, credentials, leg, names.length, family)),
			...names.map(async (name, index) => boot(nodeMachine(name, index, {layers, family, links, nodes: names.length, kubeconfig: credentials.kubelets.get(name) as string, ca: credentials.ca, containerdTemplate: parts.containerd, restrictOomScore}))),
		]) as [Machine, ...Machine[]];
		await plug([gateway, outsideHost, first, ...others], central.pid);
		await plugLeg(leg, first);
		await writeFile(join(dir, 'kubeconfig'), credentials.admin.replace(/server: .*/, `server: https://${leg.cluster}:6443`), {mode: 0o600});
		return {api: first, nodes: others, outside: outsideHost, central};
	}, {log});

	const inside = async (machine: Machine, argv: readonly string[], stdin?: string) => exec(['nsenter', '--target', String(machine.pid), '--all', '--', ...argv], {signal, log, ...(stdin === undefined ? {} : {stdin})});
	const start = async (machine: Machine, held: readonly string[]) => {
		const services = held.map(name => `/etc/machine/services/${name}`);
		await waitFor(machine, `${held.join(' and ')} can be started`, `rm -f ${services.map(service => `${service}/down`).join(' ')} && sv up ${services.join(' ')}`, {logs: 'boot.log', signal, log});
	};
	const admin = '/etc/kubernetes/super-admin.conf';
	const addon = async (name: string) => inside(api, ['kubeadm', 'init', 'phase', 'addon', name, '--config', '/etc/kubernetes/kubeadm.yaml', '--kubeconfig', admin]);
	await step('control plane', async () => {
		await waitFor(api, 'the API server answers', API_ANSWERS, {logs: 'var/log/kube-apiserver.log', signal, log});
		await settled([
			// Server-side: a kubelet may make its own Node first, and a client-side apply then fails with AlreadyExists.
			// Not validated: for that kubectl has a fresh API server write its whole OpenAPI document, which an emulated one does not do in kubectl's 32 s.
			inside(api, ['kubectl', '--kubeconfig', admin, 'apply', '--server-side', '--force-conflicts', '--validate=false', '-f', '-'], firstObjects(names, family)),
			start(api, API_CLIENTS), ...nodes.map(async node => start(node, ['kubelet'])),
		]);
	}, {log});
	await step('kube-proxy', async () => {
		await addon('kube-proxy');
		// CoreDNS must not dial the API's VIP before there are rules: its first connection would be tracked without them and hang for client-go's whole 30 s.
		// Plain HTTP, which the API server answers with 400: curl counts a TLS handshake as a part of the connection, and that may take seconds on a slow machine.
		await settled(nodes.map(async node => waitFor(node, 'kube-proxy has rules', `curl --silent --connect-timeout 1 --max-time 10 http://${API_VIP}:443/`, {logs: 'var/log/pods/kube-system_kube-proxy-*/kube-proxy/*.log', signal, log})));
	}, {log});
	await step('CoreDNS', async () => {
		await addon('coredns');
		await settled([
			inside(api, ['kubectl', '--kubeconfig', admin, 'wait', '--for=condition=Ready', 'node', '--all', `--timeout=${CLUSTER_STEP_TIMEOUT_MS / 1000}s`]),
			waitFor(nodes.at(-1) as Machine, 'DNS answers', `dig +time=1 +tries=1 +short @${CLUSTER_DNS} kubernetes.default.svc.cluster.local | grep -qx ${API_VIP}`, {logs: 'var/log/pods/kube-system_coredns-*/coredns/*.log', signal, log}),
		]);
	}, {log});

	const kubeconfig = join(dir, 'kubeconfig');
	return {
		id, dir, target: {...target, parts: source.name}, kubeconfig,
		nodes: names.map((name, index) => ({
			name, role: index === 0 ? 'control-plane' : 'worker', ips: versionsOf(family).map(version => nodeAddress(index, version)), access: (nodes[index] as Machine).access,
			domain: {port: {access: central.access, name}, power: {off: power(dir, 'off', name), on: power(dir, 'on', name)}},
		})),
		outside: {ips: versionsOf(family).map(version => hostAddress('outside', version)), access: outside.access},
		images: clusterImages(target.version),
		parts: {'programs from': source.name, ...await packageVersions(dirname(layers.at(-1) as string), ['etcd-server', 'containerd', 'runc', 'containernetworking-plugins', 'iptables', 'nftables']), 'CNI plugin': links},
		usage: [`export KUBECONFIG=${kubeconfig}`, `export PATH=${parts.bin}:$PATH   # kubectl ${target.version}`],
	};
};
