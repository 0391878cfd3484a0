import type {V1Pod} from '@kubernetes/client-node';
import {hostPortConflicts, podsBehind} from '../model/host-ports.ts';
import type {Expected} from '../probe/judge.ts';
import type {Way} from './expectations.ts';
import type {Testbed} from './testbed.ts';

/** What the model says of the host ports of the cluster's pods. */
export type HostPortExpectations = {
	/** What must become of connections to a host port. Throws RangeError where it leads to no pod. */
	of(way: Pick<Way, 'node' | 'to'>): Expected;
	/** The pods, by name, that keep a pod of the testbed's namespace from a node. */
	keptOffBy(pod: string, node: string): readonly string[];
};

const nameOf = ({metadata}: V1Pod): string => metadata?.name ?? '';

/** Reads the pods as they are now and answers from the model: to be asked when the set-up is complete, before anything is broken. */
export const hostPortExpectations = async ({kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>): Promise<HostPortExpectations> => {
	const {items} = await kube.core.listPodForAllNamespaces();
	return {
		of({node, to: {ip, port, protocol = 'TCP'}}) {
			const by = podsBehind({node: node.name, ip, port, protocol}, items).map(pod =>
				pod.spec?.hostNetwork ? node.name : nameOf(pod),
			);
			if (by.length === 0)
				throw new RangeError(`the model knows no pod with the host port ${port}/${protocol} of ${node.name}, ${ip}`);
			return {outcome: 'answered', by};
		},
		keptOffBy(name, node) {
			const pod = items.find(one => nameOf(one) === name && one.metadata?.namespace === namespace);
			if (!pod) throw new RangeError(`there is no pod ${namespace}/${name}`);
			return hostPortConflicts(pod, node, items).map(other => nameOf(other));
		},
	};
};
