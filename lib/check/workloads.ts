import type {V1Container, V1Pod, V1ServiceSpec} from '@kubernetes/client-node';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod, podIp} from '../model/pods.ts';
import {eventually} from './eventually.ts';
import type {Testbed} from './testbed.ts';

/** A backend: agnhost netexec, which answers with its pod's name. */
export type EchoPod = {readonly name: string; readonly ip: string; readonly node: string};

type Echo = {readonly name: string; readonly replicas: number; readonly labels?: Readonly<Record<string, string>>};

/** The port where agnhost never listens: a probe of it never succeeds. */
const CLOSED_PORT = 9;

/** agnhost as echo server: HTTP on 8080, datagrams on 8081 (test/images/agnhost/netexec). */
export const echoContainer = (testbed: Testbed, more: Partial<V1Container> = {}): V1Container => ({
	name: 'echo', image: testbed.cluster.images.agnhost, imagePullPolicy: 'IfNotPresent', args: ['netexec', '--http-port=8080', '--udp-port=8081'],
	ports: [{name: 'http', containerPort: 8080}, {name: 'udp', containerPort: 8081, protocol: 'UDP'}],
	readinessProbe: {httpGet: {path: '/hostname', port: 8080}, periodSeconds: 1}, ...more,
});

const podsOf = async (testbed: Testbed, name: string): Promise<readonly V1Pod[]> =>
	(await testbed.kube.core.listNamespacedPod({namespace: testbed.namespace, labelSelector: `app=${name}`})).items.filter(pod => !pod.metadata?.deletionTimestamp);

const whyNot = ({metadata, status}: V1Pod): string => {
	const state = status?.containerStatuses?.[0]?.state;
	const said = state?.waiting?.message ?? state?.waiting?.reason ?? state?.terminated?.message ?? status?.conditions?.find(condition => condition.status === 'False')?.message ?? '';
	return `${metadata?.name} is ${status?.phase ?? 'unknown'}${said ? ` (${said})` : ''}`;
};

const deploy = async (testbed: Testbed, {name, replicas, labels = {}}: Echo, container: V1Container, isDone: (pod: V1Pod) => boolean): Promise<readonly EchoPod[]> => {
	const all = {app: name, ...labels};
	await testbed.kube.apps.createNamespacedDeployment({namespace: testbed.namespace, body: {
		metadata: {name},
		spec: {
			replicas, selector: {matchLabels: {app: name}},
			template: {metadata: {labels: all}, spec: {
				containers: [container], automountServiceAccountToken: false, terminationGracePeriodSeconds: 1,
				topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', labelSelector: {matchLabels: {app: name}}}],
			}},
		},
	}});
	return eventually(`${replicas} pods of ${name}`, async () => {
		const pods = await podsOf(testbed, name);
		if (pods.length !== replicas || !pods.every(pod => isDone(pod))) return {done: false, observed: pods.map(pod => whyNot(pod)).join('; ') || 'no pod'};
		return {done: true, value: pods.map(pod => ({name: pod.metadata?.name as string, ip: podIp(pod, testbed.family) as string, node: pod.spec?.nodeName as string}))};
	}, {timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'});
};

/** Starts echo pods, spread over the workers, and waits until all are Ready. */
export const echoPods = async (testbed: Testbed, echo: Echo): Promise<readonly EchoPod[]> => deploy(testbed, echo, echoContainer(testbed), isReadyPod);

/** Starts echo pods that run and have an address but never become Ready. */
export const neverReadyPods = async (testbed: Testbed, echo: Echo): Promise<readonly EchoPod[]> =>
	deploy(testbed, echo, echoContainer(testbed, {readinessProbe: {tcpSocket: {port: CLOSED_PORT}, periodSeconds: 1}}), pod => pod.status?.phase === 'Running' && podIp(pod, testbed.family) !== undefined);

export type ServicePort = {readonly name: string; readonly port: number; readonly targetPort: number | string; readonly protocol?: 'TCP' | 'UDP' | 'SCTP'; readonly nodePort?: number};
export type ServiceWish = Omit<V1ServiceSpec, 'ports'> & {readonly name: string; readonly ports: readonly ServicePort[]};

/** A Service with what the API allocated. */
export type MadeService = {readonly name: string; /** `None` when headless. */ readonly clusterIp: string; /** By port name. */ readonly nodePorts: Readonly<Record<string, number>>};

/** Creates a Service in the testbed's namespace and family. */
export const service = async (testbed: Testbed, {name, ports, ...spec}: ServiceWish): Promise<MadeService> => {
	const made = await testbed.kube.core.createNamespacedService({namespace: testbed.namespace, body: {metadata: {name}, spec: {ipFamilyPolicy: 'SingleStack', ipFamilies: [testbed.family === 'ipv6' ? 'IPv6' : 'IPv4'], ...spec, ports: [...ports]}}});
	return {
		name, clusterIp: made.spec?.clusterIP ?? '',
		nodePorts: Object.fromEntries((made.spec?.ports ?? []).flatMap(port => (port.nodePort ? [[port.name ?? '', port.nodePort]] : []))),
	};
};
