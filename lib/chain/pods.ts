import type {V1Pod} from '@kubernetes/client-node';
import {canonicalIp, familyOf} from '../model/address.ts';
import type {IpFamily} from '../target.ts';

/** A pod's address in a family. */
export const podIp = ({status}: Pick<V1Pod, 'status'>, family: IpFamily): string | undefined =>
	[...(status?.podIPs ?? []).map(({ip}) => ip), status?.podIP].flatMap(ip => canonicalIp(ip ?? '') ?? []).find(ip => familyOf(ip) === family);

/** Whether Services may send to a pod. */
export const isReadyPod = ({metadata, status}: V1Pod): boolean => !metadata?.deletionTimestamp && (status?.conditions ?? []).some(({type, status: is}) => type === 'Ready' && is === 'True');

export const isOver = ({status}: V1Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** A Service's selector; equality alone. */
export const selects = (selector: Readonly<Record<string, string>>, {metadata}: V1Pod): boolean => Object.entries(selector).every(([key, value]) => metadata?.labels?.[key] === value);
