import type {V1Pod} from '@kubernetes/client-node';
import {canonicalIp, familyOf} from './address.ts';
import {isOver, lastingContainers} from './pods.ts';
import type {Protocol} from './state.ts';

/** A port of a pod that is reached by its node's addresses. */
export type HostPort = {
	readonly pod: V1Pod;
	/** As the pod asks for it; empty: every address of the node. */ readonly hostIP: string;
	readonly hostPort: number;
	readonly containerPort: number;
	readonly protocol: Protocol;
};

/** A way to a node's own address. */
export type ToNode = {
	readonly node: string;
	readonly ip: string;
	readonly port: number;
	readonly protocol: Protocol;
};

/** All host ports of a pod. One in the node's own network has those that it listens on, for the API server fills them in. */
export const hostPortsOf = (pod: V1Pod): readonly HostPort[] =>
	lastingContainers(pod).flatMap(({ports = []}) =>
		ports.flatMap(({hostPort, hostIP = '', containerPort, protocol = 'TCP'}) =>
			hostPort ? [{pod, hostIP, hostPort, containerPort, protocol: protocol as Protocol}] : [],
		),
	);

const isOn =
	(node: string) =>
	(pod: V1Pod): boolean =>
		pod.spec?.nodeName === node && !isOver(pod);

/** The host ports that are taken on a node. A pod that is being deleted has its own until it is gone. */
export const hostPortsOn = (node: string, pods: readonly V1Pod[]): readonly HostPort[] =>
	pods.filter(isOn(node)).flatMap(pod => hostPortsOf(pod));

/** The plugin portmap: an unspecified address stands for all of its own family, none for all. */
const isAddressedBy = ({hostIP}: HostPort, ip: string): boolean => {
	if (hostIP === '') return true;
	const [own, asked] = [canonicalIp(hostIP), canonicalIp(ip)];
	if (own === undefined || asked === undefined) return false;
	return own === asked || ((own === '0.0.0.0' || own === '::') && familyOf(own) === familyOf(asked));
};

/**
 * The pods whose host port leads from an address of a node to them; more than one only where they were put there without the scheduler.
 * github.com/containernetworking/plugins, plugins/meta/portmap
 */
export const podsBehind = ({node, ip, port, protocol}: ToNode, pods: readonly V1Pod[]): readonly V1Pod[] => [
	...new Set(
		hostPortsOn(node, pods)
			.filter(
				one => one.hostPort === port && one.protocol === protocol && isAddressedBy(one, ip) && !one.pod.metadata?.deletionTimestamp,
			)
			.map(({pod}) => pod),
	),
];

/** To the scheduler only 0.0.0.0 is every address, and addresses are texts. */
const EVERY = '0.0.0.0';

const collide = (a: HostPort, b: HostPort): boolean => {
	const [mine, other] = [a.hostIP || EVERY, b.hostIP || EVERY];
	return a.hostPort === b.hostPort && a.protocol === b.protocol && (mine === other || mine === EVERY || other === EVERY);
};

/**
 * The pods on a node that keep a pod from being put there, for they have a host port of its own: same number, same protocol, addresses that
 * overlap. The scheduler's plugin NodePorts (kubernetes v1.36 pkg/scheduler/framework/plugins/nodeports; HostPortInfo of
 * k8s.io/kube-scheduler/framework).
 */
export const hostPortConflicts = (pod: V1Pod, node: string, pods: readonly V1Pod[]): readonly V1Pod[] => {
	const wanted = hostPortsOf(pod);
	const others = pods.filter(({metadata}) => metadata?.name !== pod.metadata?.name || metadata?.namespace !== pod.metadata?.namespace);
	return [
		...new Set(
			hostPortsOn(node, others)
				.filter(taken => wanted.some(one => collide(one, taken)))
				.map(({pod: other}) => other),
		),
	];
};
