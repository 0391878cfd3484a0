import type {V1NetworkPolicy} from '@kubernetes/client-node';
import type {Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import type {ClusterFault, Plan} from './tools/fault.ts';

/** What of it the API takes again. */
const bare = ({metadata, spec}: V1NetworkPolicy): V1NetworkPolicy => ({
	apiVersion: 'networking.k8s.io/v1',
	kind: 'NetworkPolicy',
	metadata: {name: metadata?.name ?? '', namespace: metadata?.namespace ?? ''},
	...(spec && {spec}),
});

const plan = async ({kube, namespace}: Testbed): Promise<Plan> => {
	const {items} = await kube.networking.listNamespacedNetworkPolicy({namespace});
	firstOf(items, `no NetworkPolicy in ${namespace}`);
	const policies = items.map(item => bare(item));
	return {
		inject: policies.map(object => ({kind: 'api', verb: 'remove', object})),
		undo: policies.map(object => ({kind: 'api', verb: 'apply', object})),
	};
};

const fault: ClusterFault = {
	title: 'the policies of the pods are deleted',
	layer: 'policy',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'the API'}),
	plan,
};

export default fault;
