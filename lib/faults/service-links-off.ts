import type {V1Deployment} from '@kubernetes/client-node';
import type {Command} from '../change/command.ts';
import type {ClusterFault, Plan} from './tools/fault.ts';
import {FaultError} from './tools/fault.ts';
import type {Testbed} from '../testbed/testbed.ts';

const plan = async ({kube, namespace}: Testbed): Promise<Plan> => {
	const {items} = await kube.apps.listNamespacedDeployment({namespace});
	const names = items.flatMap(({metadata}) => metadata?.name ?? []);
	if (names.length === 0) throw new FaultError(`there is no Deployment in ${namespace} whose pods could do without`);
	const set = (spec: object): readonly Command[] =>
		names.flatMap((name): readonly Command[] => [
			{
				kind: 'api',
				verb: 'apply',
				object: {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name, namespace}, ...spec} as V1Deployment,
			},
			{kind: 'rollout', namespace, deployment: name},
		]);
	return {inject: set({spec: {template: {spec: {enableServiceLinks: false}}}}), undo: set({})};
};

const fault: ClusterFault = {
	title: 'pods are told nothing of Services (enableServiceLinks: false)',
	layer: 'api',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'the template of a Deployment'}),
	plan,
};

export default fault;
