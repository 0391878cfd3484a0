import type {V1Container, V1Pod} from '@kubernetes/client-node';
import {canonicalIp, familyOf} from './address.ts';
import type {IpFamily} from '../target.ts';

/** A pod's address in a family. */
export const podIp = ({status}: Pick<V1Pod, 'status'>, family: IpFamily): string | undefined =>
	[...(status?.podIPs ?? []).map(({ip}) => ip), status?.podIP]
		.flatMap(ip => canonicalIp(ip ?? '') ?? [])
		.find(ip => familyOf(ip) === family);

/** Whether its readiness probes succeed, be it on its way out or not. */
export const isServing = ({status}: Pick<V1Pod, 'status'>): boolean =>
	(status?.conditions ?? []).some(({type, status: is}) => type === 'Ready' && is === 'True');

/** Whether Services may send to a pod. */
export const isReadyPod = (pod: Pick<V1Pod, 'metadata' | 'status'>): boolean => !pod.metadata?.deletionTimestamp && isServing(pod);

export const isOver = ({status}: Pick<V1Pod, 'status'>): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** A Service's selector; equality alone. */
export const selects = (selector: Readonly<Record<string, string>>, {metadata}: V1Pod): boolean =>
	Object.entries(selector).every(([key, value]) => metadata?.labels?.[key] === value);

/**
 * The containers that run as long as the pod does: sidecars, which are init containers that are restarted always, and the ordinary ones.
 */
export const lastingContainers = ({spec}: Pick<V1Pod, 'spec'>): readonly V1Container[] => [
	...(spec?.initContainers ?? []).filter(({restartPolicy}) => restartPolicy === 'Always'),
	...(spec?.containers ?? []),
];
