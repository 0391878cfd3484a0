import type {V1Pod, V1Service, V1ServicePort} from '@kubernetes/client-node';
import {lastingContainers} from '../../model/pods.ts';
import {hasSelector} from '../../model/service-slices.ts';
import {podsOf} from './pods.ts';

/** A Service whose selector fits some pods, with them. */
export type Backed = {readonly service: V1Service; readonly pods: readonly V1Pod[]};

/** Services that have a selector, with the pods that it fits; Services of other kinds left out. */
const selecting = (services: readonly V1Service[], pods: readonly V1Pod[]): readonly Backed[] =>
	services.filter(service => hasSelector(service)).map(service => ({service, pods: podsOf(service, pods)}));

/** Those among them that fit at least one pod. */
export const backed = (services: readonly V1Service[], pods: readonly V1Pod[]): readonly Backed[] =>
	selecting(services, pods).filter(one => one.pods.length > 0);

/** Ports that containers declare. */
export const declaredPorts = (
	pod: V1Pod,
): readonly {
	name?: string;
	containerPort: number;
	protocol?: string;
	hostPort?: number;
}[] => lastingContainers(pod).flatMap(({ports = []}) => ports);

/** The port that a Service's port leads to, by number or name. */
export const targetOf = ({port, targetPort}: V1ServicePort): number | string => targetPort ?? port;

/** Whether the outside may come in: the types that take traffic from beyond the cluster. */
export const isExternal = ({spec}: V1Service): boolean =>
	spec?.type === 'NodePort' || spec?.type === 'LoadBalancer' || (spec?.externalIPs?.length ?? 0) > 0;
