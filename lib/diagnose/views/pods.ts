import type {V1Pod, V1Service} from '@kubernetes/client-node';
import {canonicalIp} from '../../model/address.ts';
import {isOver, selects} from '../../model/pods.ts';

/** Pods of a namespace by each of their labels, `key=value`: a snapshot can hold 50,000 pods, and every Service selects some. */
type Index = ReadonlyMap<string, readonly V1Pod[]>;

const indices = new WeakMap<readonly V1Pod[], Index>();
const addresses = new WeakMap<readonly V1Pod[], ReadonlyMap<string, V1Pod>>();

const indexOf = (pods: readonly V1Pod[]): Index => {
	const known = indices.get(pods);
	if (known) return known;
	const index = new Map<string, V1Pod[]>();
	const add = (key: string, pod: V1Pod): void => {
		const list = index.get(key);
		if (list) list.push(pod);
		else index.set(key, [pod]);
	};
	for (const pod of pods) {
		if (isOver(pod)) continue;
		const namespace = pod.metadata?.namespace ?? '';
		add(namespace, pod);
		for (const [key, value] of Object.entries(pod.metadata?.labels ?? {})) add(`${namespace}/${key}=${value}`, pod);
	}
	indices.set(pods, index);
	return index;
};

/** The pods of a namespace that are not over. */
export const podsIn = (namespace: string | undefined, pods: readonly V1Pod[]): readonly V1Pod[] => indexOf(pods).get(namespace ?? '') ?? [];

/** The pods that a selector of equalities fits, in a namespace; those that are over left out. An empty one fits all. */
const selected = (selector: Readonly<Record<string, string>>, namespace: string | undefined, pods: readonly V1Pod[]): readonly V1Pod[] => {
	const index = indexOf(pods);
	const lists = Object.entries(selector).map(([key, value]) => index.get(`${namespace ?? ''}/${key}=${value}`) ?? []);
	const shortest = lists.toSorted((a, b) => a.length - b.length)[0] ?? podsIn(namespace, pods);
	return shortest.filter(pod => selects(selector, pod));
};

/** The pods behind a Service with a selector. */
export const podsOf = ({metadata, spec}: V1Service, pods: readonly V1Pod[]): readonly V1Pod[] =>
	Object.keys(spec?.selector ?? {}).length === 0 ? [] : selected(spec?.selector ?? {}, metadata?.namespace, pods);

/** The living pod that has an address; pods in their node's network share theirs. */
export const podAt = (ip: string, pods: readonly V1Pod[]): V1Pod | undefined => {
	const known =
		addresses.get(pods) ??
		new Map(
			pods
				.filter(pod => !isOver(pod))
				.flatMap(pod =>
					[...(pod.status?.podIPs ?? []).map(each => each.ip), pod.status?.podIP ?? ''].map(each => [each, pod] as const),
				)
				.flatMap(([each, pod]) => {
					const canonical = canonicalIp(each ?? '');
					return canonical === undefined ? [] : [[canonical, pod] as const];
				}),
		);
	addresses.set(pods, known);
	return known.get(canonicalIp(ip) ?? ip);
};
