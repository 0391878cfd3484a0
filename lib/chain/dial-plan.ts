import type {V1EndpointSlice, V1Pod} from '@kubernetes/client-node';
import {canonicalIp, hostPort} from '../model/address.ts';
import {hostPortsOf} from '../model/host-ports.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import type {IpFamily} from '../target.ts';
import type {Dialled} from './facts.ts';

export type ToDial = Omit<Dialled, 'dials'>;
type Node = {readonly name: string; readonly ip: string};

/** kubelet listens there on every node; an answer of any kind shows that the node is reached. */
const KUBELET = 10_250;

/** So many backends are dialled: with more, the first speak for the others. */
const BACKENDS = 8;

type Target = Pick<ToDial, 'node' | 'name' | 'ip' | 'port' | 'protocol'>;

const isDialled = (protocol: string): protocol is ToDial['protocol'] => protocol === 'TCP' || protocol === 'UDP';

const targetsOf = (slices: readonly V1EndpointSlice[], pods: readonly V1Pod[], namespace: string, family: IpFamily): readonly Target[] => {
	const ready = new Map(
		pods.filter(pod => pod.metadata?.namespace === namespace && isReadyPod(pod)).map(pod => [podIp(pod, family), pod] as const),
	);
	const inSlices = slices.flatMap(slice =>
		(slice.endpoints ?? []).flatMap(({addresses}) =>
			addresses.flatMap(address => {
				const ip = canonicalIp(address) ?? address;
				return (slice.ports ?? []).map(({port = 0, protocol = 'TCP'}) => ({ip, port, protocol}));
			}),
		),
	);
	const hosted = [...ready].flatMap(([ip, pod]) =>
		hostPortsOf(pod).map(({containerPort: port, protocol}) => ({ip: ip ?? '', port, protocol})),
	);
	const all = new Map([...inSlices, ...hosted].map(target => [`${hostPort(target.ip, target.port)}/${target.protocol}`, target]));
	return [...all.values()]
		.flatMap(({ip, port, protocol}) => {
			const pod = ready.get(ip);
			return pod?.spec?.nodeName && isDialled(protocol)
				? [{ip, port, protocol, node: pod.spec.nodeName, name: pod.metadata?.name ?? ''}]
				: [];
		})
		.slice(0, BACKENDS);
};

/**
 * Which addresses are dialled from where: each backend from its own node and from the suspected ones, and the nodes that lie between from
 * each other.
 */
export const dialPlan = ({
	nodes,
	suspected,
	slices,
	pods,
	namespace,
	family,
}: {
	readonly nodes: readonly Node[];
	readonly suspected: readonly string[];
	readonly slices: readonly V1EndpointSlice[];
	readonly pods: readonly V1Pod[];
	readonly namespace: string;
	readonly family: IpFamily;
}): readonly ToDial[] => {
	const targets = targetsOf(slices, pods, namespace, family).filter(({node}) => nodes.some(({name}) => name === node));
	const ways = targets.flatMap(target =>
		[...new Set([target.node, ...suspected])].map(from => ({...target, from, kind: 'pod' as const})),
	);
	const between = new Map(ways.filter(({from, node}) => from !== node).map(({from, node}) => [`${from} ${node}`, {from, node}]));
	return [
		...ways,
		...[...between.values()].flatMap(({from, node}): readonly ToDial[] => {
			const to = nodes.find(({name}) => name === node);
			return to ? [{from, node, kind: 'node', name: node, ip: to.ip, port: KUBELET, protocol: 'TCP'}] : [];
		}),
	];
};
