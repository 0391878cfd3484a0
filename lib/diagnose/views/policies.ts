import type {V1LabelSelector, V1NetworkPolicy, V1NetworkPolicyPort, V1Pod} from '@kubernetes/client-node';
import {lastingContainers} from '../../model/pods.ts';

/** Whether a selector of labels fits; an empty one fits all. */
export const fits = ({matchLabels = {}, matchExpressions = []}: V1LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean =>
	Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
	matchExpressions.every(({key, operator, values = []}) => {
		if (operator === 'Exists') return key in labels;
		if (operator === 'DoesNotExist') return !(key in labels);
		return operator === 'In' ? values.includes(labels[key] ?? '\0') : !values.includes(labels[key] ?? '\0');
	});

const typesOf = ({spec}: V1NetworkPolicy): readonly string[] =>
	spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])];

/**
 * The policies that rule over a pod's traffic in one direction; none: all is allowed. A host-network pod is its node's, and no policy's.
 */
export const policiesOn = (
	pod: V1Pod,
	direction: 'Ingress' | 'Egress',
	policies: readonly V1NetworkPolicy[],
): readonly V1NetworkPolicy[] =>
	pod.spec?.hostNetwork === true
		? []
		: policies.filter(
				policy =>
					policy.metadata?.namespace === pod.metadata?.namespace &&
					typesOf(policy).includes(direction) &&
					fits(policy.spec?.podSelector ?? {}, pod.metadata?.labels),
			);

/**
 * Whether a rule's list of ports holds a port of the pod; no list holds all. Numbers are those of the pod, after the Service's translation.
 */
export const holdsPort = (ports: readonly V1NetworkPolicyPort[] | undefined, pod: V1Pod, port: number, protocol: string): boolean =>
	ports === undefined ||
	ports.length === 0 ||
	ports.some(({port: wanted, endPort, protocol: by = 'TCP'}) => {
		if (by !== protocol) return false;
		if (wanted === undefined) return true;
		if (typeof wanted === 'number') return endPort === undefined ? wanted === port : port >= wanted && port <= endPort;
		return lastingContainers(pod).some(({ports: own = []}) => own.some(one => one.name === wanted && one.containerPort === port));
	});
