import type {V1Container, V1Deployment, V1Pod, V1Service, V1ServiceSpec} from '@kubernetes/client-node';
import {withPort} from '../ip.ts';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import type {Scene} from '../record/drawn.ts';
import {eventually} from '../wait/eventually.ts';
import {clientContainer} from './clients.ts';
import {shareOn} from './share.ts';
import type {Testbed} from './testbed.ts';

/** A backend: agnhost netexec, which answers with its pod's name. */
export type EchoPod = {
	readonly name: string;
	readonly ip: string;
	readonly node: string;
};

type Echo = {
	readonly name: string;
	readonly replicas: number;
	readonly labels?: Readonly<Record<string, string>>;
	/** Names of the two ports, and their numbers; left out: `http` 8080 and `udp` 8081. */
	readonly ports?: EchoPorts;
	/** Ports of a second echo server in each pod. */
	readonly also?: EchoPorts;
	/** With a place to send from beside the echo server: `testbed.vantage.inside(pod)`. */
	readonly client?: boolean;
	/** In the node's own network; its ports must be leased. */
	readonly hostNetwork?: boolean;
	/** So many seconds each pod goes on serving when it is to end (a preStop hook); left out: it ends at once. */
	readonly lingerSeconds?: number;
};

/** Where an echo server listens, by the names of its ports; TCP answers HTTP. */
export type EchoPorts = {
	readonly tcp: readonly [name: string, port: number];
	readonly udp: readonly [name: string, port: number];
	/** Left out: it does not speak SCTP. */
	readonly sctp?: number;
};

const ECHO_PORTS: EchoPorts = {tcp: ['http', 8080], udp: ['udp', 8081]};

/** The port where agnhost never listens: a probe of it never succeeds. */
const CLOSED_PORT = 9;

/**
 * Ready at the first answer, and then unless it is silent for half a minute. By default three answers that take longer than a second make
 * a pod unready: on a busy node pods would leave their Services and come back all the time, by nobody's fault.
 */
const STAYS_READY = {timeoutSeconds: 10, failureThreshold: 30};

/** agnhost as echo server: HTTP on 8080, datagrams on 8081, if nothing else is said (test/images/agnhost/netexec). */
export const echoContainer = (
	testbed: Testbed,
	more: Partial<V1Container> = {},
	{tcp, udp, sctp}: EchoPorts = ECHO_PORTS,
): V1Container => ({
	name: 'echo',
	image: testbed.cluster.images.agnhost,
	imagePullPolicy: 'IfNotPresent',
	args: ['netexec', `--http-port=${tcp[1]}`, `--udp-port=${udp[1]}`, ...(sctp === undefined ? [] : [`--sctp-port=${sctp}`])],
	ports: [
		{name: tcp[0], containerPort: tcp[1]},
		{name: udp[0], containerPort: udp[1], protocol: 'UDP'},
	],
	readinessProbe: {httpGet: {path: '/hostname', port: tcp[1]}, periodSeconds: 1, ...STAYS_READY},
	...shareOn(testbed.cluster),
	...more,
});

const podsOf = async (testbed: Testbed, name: string): Promise<readonly V1Pod[]> =>
	(await testbed.kube.core.listNamespacedPod({namespace: testbed.namespace, labelSelector: `app=${name}`})).items.filter(
		pod => !pod.metadata?.deletionTimestamp,
	);

const whyNot = ({metadata, status}: V1Pod): string => {
	const state = status?.containerStatuses?.[0]?.state;
	const said =
		state?.waiting?.message ??
		state?.waiting?.reason ??
		state?.terminated?.message ??
		status?.conditions?.find(condition => condition.status === 'False')?.message ??
		'';
	return `${metadata?.name} is ${status?.phase ?? 'unknown'}${said ? ` (${said})` : ''}`;
};

const podsReady = async (
	testbed: Testbed,
	name: string,
	replicas: number,
	isDone: (pod: V1Pod) => boolean,
): Promise<readonly EchoPod[]> => {
	const pods = await testbed.spend('pods', async () =>
		eventually(
			`${replicas} pods of ${name}`,
			async () => {
				const pods = await podsOf(testbed, name);
				if (pods.length !== replicas || !pods.every(pod => isDone(pod)))
					return {done: false, observed: pods.map(pod => whyNot(pod)).join('; ') || 'no pod'};
				return {
					done: true,
					value: pods.map(pod => ({
						name: pod.metadata?.name as string,
						ip: podIp(pod, testbed.family) as string,
						node: pod.spec?.nodeName as string,
					})),
				};
			},
			{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'},
		),
	);
	testbed.scene({pods});
	return pods;
};

const deploy = async (
	testbed: Testbed,
	{name, replicas, labels = {}, client = false, hostNetwork = false, also, lingerSeconds = 0}: Echo,
	container: V1Container,
	isDone: (pod: V1Pod) => boolean,
): Promise<readonly EchoPod[]> => {
	const all = {app: name, ...labels};
	await testbed.kube.apps.createNamespacedDeployment({
		namespace: testbed.namespace,
		body: {
			metadata: {name},
			spec: {
				replicas,
				selector: {matchLabels: {app: name}},
				template: {
					metadata: {labels: all},
					spec: {
						containers: [
							container,
							...(also ? [echoContainer(testbed, {name: 'echo-also'}, also)] : []),
							...(client ? [clientContainer(testbed.cluster)] : []),
						],
						...(hostNetwork && {hostNetwork}),
						automountServiceAccountToken: false,
						terminationGracePeriodSeconds: lingerSeconds + 1,
						topologySpreadConstraints: [
							{
								maxSkew: 1,
								topologyKey: 'kubernetes.io/hostname',
								whenUnsatisfiable: 'DoNotSchedule',
								nodeTaintsPolicy: 'Honor',
								labelSelector: {matchLabels: {app: name}},
							},
						],
					},
				},
			},
		},
	});
	return podsReady(testbed, name, replicas, isDone);
};

/** kubelet itself waits: images without a shell have no program that could. */
const lingering = ({lingerSeconds}: Echo): Partial<V1Container> =>
	lingerSeconds === undefined ? {} : {lifecycle: {preStop: {sleep: {seconds: lingerSeconds}}}};

/** Starts echo pods, spread over the workers, and waits until all are Ready. */
export const echoPods = async (testbed: Testbed, echo: Echo): Promise<readonly EchoPod[]> =>
	deploy(testbed, echo, echoContainer(testbed, lingering(echo), echo.ports), isReadyPod);

/** Starts echo pods that run and have an address but never become Ready. */
export const neverReadyPods = async (testbed: Testbed, echo: Echo): Promise<readonly EchoPod[]> =>
	deploy(
		testbed,
		echo,
		echoContainer(testbed, {readinessProbe: {tcpSocket: {port: CLOSED_PORT}, periodSeconds: 1}}),
		pod => pod.status?.phase === 'Running' && podIp(pod, testbed.family) !== undefined,
	);

export type ServicePort = {
	readonly name: string;
	readonly port: number;
	readonly targetPort: number | string;
	readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
	readonly nodePort?: number;
};
export type ServiceWish = Omit<V1ServiceSpec, 'ports'> & {
	readonly name: string;
	readonly ports: readonly ServicePort[];
	readonly annotations?: Readonly<Record<string, string>>;
};

/** A Service with what the API allocated. */
export type MadeService = {
	readonly name: string;
	/** `None` when headless. */ readonly clusterIp: string;
	/** By port name. */ readonly nodePorts: Readonly<Record<string, number>>;
};

const familyOf = ({family}: Testbed): V1ServiceSpec => ({
	ipFamilyPolicy: 'SingleStack',
	ipFamilies: [family === 'ipv6' ? 'IPv6' : 'IPv4'],
});

/** The ways to a Service, as a drawing names them. */
const addressesOf = ({metadata, spec}: V1Service): Scene['addresses'] =>
	(spec?.ports ?? []).flatMap(({port, nodePort, protocol}) => [
		...[...(spec?.clusterIPs ?? []).map(ip => ['ClusterIP', ip]), ...(spec?.externalIPs ?? []).map(ip => ['external IP', ip])].flatMap(
			([kind, ip]) =>
				ip === 'None' ? [] : [{service: metadata?.name ?? '', text: `${kind} ${withPort(ip ?? '', port)} ${protocol}`}],
		),
		...(nodePort === undefined ? [] : [{service: metadata?.name ?? '', text: `NodePort ${nodePort} ${protocol}`}]),
	]);

/** Creates a Service in the testbed's namespace and family. */
export const service = async (testbed: Testbed, {name, ports, annotations, ...spec}: ServiceWish): Promise<MadeService> => {
	const made = await testbed.kube.core.createNamespacedService({
		namespace: testbed.namespace,
		body: {
			metadata: {name, ...(annotations && {annotations})},
			spec: {...(spec.type !== 'ExternalName' && familyOf(testbed)), ...spec, ports: [...ports]},
		},
	});
	testbed.scene({addresses: addressesOf(made)});
	return {
		name,
		clusterIp: made.spec?.clusterIP ?? '',
		nodePorts: Object.fromEntries((made.spec?.ports ?? []).flatMap(port => (port.nodePort ? [[port.name ?? '', port.nodePort]] : []))),
	};
};

/** Sets the number of a Deployment's pods and waits until so many are there and Ready, and no other one is. */
export const scaled = async (testbed: Testbed, name: string, replicas: number): Promise<readonly EchoPod[]> => {
	const {kube, namespace} = testbed;
	await kube.apply({apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name, namespace}, spec: {replicas}} as V1Deployment);
	return podsReady(testbed, name, replicas, isReadyPod);
};

/** Sets labels of a Service, or takes those off that are null. */
export const labelled = async (
	{kube, namespace}: Testbed,
	name: string,
	labels: Readonly<Record<string, string | null>>,
): Promise<void> => {
	const made = await kube.core.readNamespacedService({namespace, name});
	const all = Object.entries({...made.metadata?.labels, ...labels}).filter((pair): pair is [string, string] => pair[1] !== null);
	await kube.core.replaceNamespacedService({
		namespace,
		name,
		body: {...made, metadata: {...made.metadata, labels: Object.fromEntries(all)}},
	});
};
