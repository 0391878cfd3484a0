import type {V1DaemonSet} from '@kubernetes/client-node';
import type {Kube} from '../kube.ts';
import {KUBE_PROXY} from '../kube-proxy.ts';
import {ChangeError, type Change, type Command} from './command.ts';
import {answers} from './proxy-config.ts';

const {namespace, name} = KUBE_PROXY;

/**
 * A patch, as vipcheck applies other fields of this DaemonSet: an image that it had applied, too, would go when it applies without one.
 * Then the DaemonSet's own rolling update: one node after the other.
 */
const withImage = (container: string, image: string, nodes: readonly string[]): readonly Command[] => {
	const daemonSet = {
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: {name, namespace},
		spec: {template: {spec: {containers: [{name: container, image}]}}},
	} as V1DaemonSet;
	return [{kind: 'api', verb: 'patch', object: daemonSet}, {kind: 'rollout', namespace, daemonSet: name}, ...answers(nodes)];
};

/**
 * kube-proxy of all nodes by another image; taking it back is the update to that which was there. For clusters whose kube-proxy is
 * kubeadm's DaemonSet. Throws ChangeError for others.
 */
export const proxyImage = async (kube: Kube, nodes: readonly {readonly name: string}[], image: string): Promise<Change> => {
	const {spec} = await kube.apps.readNamespacedDaemonSet({namespace, name});
	const [container] = spec?.template.spec?.containers ?? [];
	if (container?.image === undefined) throw new ChangeError(`DaemonSet ${namespace}/${name} has no container with an image`);
	const names = nodes.map(one => one.name);
	return {
		name: 'kube-proxy has another image',
		make: withImage(container.name, image, names),
		undo: withImage(container.name, container.image, names),
	};
};
