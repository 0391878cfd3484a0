import type {V1Node} from '@kubernetes/client-node';
import type {Change, Command} from './command.ts';

const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

const node = (name: string, more: Partial<V1Node> = {}, labels?: Record<string, string>): Command => ({
	kind: 'api',
	verb: 'apply',
	object: {apiVersion: 'v1', kind: 'Node', metadata: {name, ...(labels && {labels})}, ...more} as V1Node,
});

/** Load balancers leave the node out (KEP 1143): it is labelled so. */
export const excludeFromBalancers = ({name}: {readonly name: string}): Change => ({
	name: `${name} is left out by load balancers`,
	make: [node(name, {}, {[EXCLUDED]: ''})],
	// What was applied before and is not any more is taken away.
	undo: [node(name)],
});

/**
 * The node is taken out of service as before its maintenance: no new pods, left out by load balancers, and these pods deleted. Taking it
 * back does not bring them back there.
 */
export const drainNode = (
	{name}: {readonly name: string},
	pods: readonly {readonly namespace: string; readonly name: string}[],
): Change => ({
	name: `${name} is drained`,
	make: [
		node(name, {spec: {unschedulable: true}}, {[EXCLUDED]: ''}),
		...pods.map((metadata): Command => ({
			kind: 'api',
			verb: 'remove',
			object: {apiVersion: 'v1', kind: 'Pod', metadata},
		})),
	],
	undo: [node(name)],
});
