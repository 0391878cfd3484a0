import type {V1ContainerStatus, V1Pod} from '@kubernetes/client-node';
import {isServing, lastingContainers} from '../../model/pods.ts';

/** Reasons of a container that will not run until somebody mends something. */
const STUCK = [
	'CrashLoopBackOff',
	'ImagePullBackOff',
	'ErrImagePull',
	'CreateContainerConfigError',
	'CreateContainerError',
	'InvalidImageName',
	'RunContainerError',
];

/** The first container that is kept from running, and why. */
export const stuckContainer = (
	pod: V1Pod,
):
	| {
			readonly container: V1ContainerStatus;
			readonly reason: string;
			readonly message: string;
	  }
	| undefined => {
	for (const container of pod.status?.containerStatuses ?? []) {
		const waiting = container.state?.waiting;
		if (waiting && STUCK.includes(waiting.reason ?? ''))
			return {container, reason: waiting.reason ?? '', message: waiting.message ?? ''};
	}
	return undefined;
};

/** All of its containers run, whether they are ready or not. */
export const isRunning = (pod: V1Pod): boolean => pod.status?.phase === 'Running' && stuckContainer(pod) === undefined;

/** Why a pod has not been put on a node; undefined: it has. */
export const unscheduled = (pod: V1Pod): string | undefined => {
	if (pod.spec?.nodeName) return undefined;
	const condition = pod.status?.conditions?.find(({type}) => type === 'PodScheduled');
	return condition?.status === 'False' ? `${condition.reason ?? ''}: ${condition.message ?? ''}` : undefined;
};

/** How often its containers have been started again. */
export const restartsOf = (pod: V1Pod): number =>
	(pod.status?.containerStatuses ?? []).reduce((sum, {restartCount}) => sum + restartCount, 0);

/** The readiness probes of a pod, a line for each. */
export const probeText = (pod: V1Pod): readonly string[] =>
	lastingContainers(pod).flatMap(({name, readinessProbe}) => {
		if (!readinessProbe) return [];
		const {httpGet, tcpSocket, exec, grpc} = readinessProbe;
		const asked = httpGet
			? `GET ${httpGet.scheme === 'HTTPS' ? 'https' : 'http'}://POD:${httpGet.port}${httpGet.path ?? '/'}`
			: tcpSocket
				? `connect to port ${tcpSocket.port}`
				: grpc
					? `gRPC health on port ${grpc.port}`
					: exec
						? 'a command'
						: 'nothing known';
		return [`${name}: ${asked}`];
	});

/** Serving pods of those that are not on their way out. */
export const readyPods = (pods: readonly V1Pod[]): readonly V1Pod[] =>
	pods.filter(pod => isServing(pod) && !pod.metadata?.deletionTimestamp);
