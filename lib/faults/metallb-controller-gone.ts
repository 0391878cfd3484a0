import type {V1Deployment} from '@kubernetes/client-node';
import type {Command} from '../change/command.ts';
import {METALLB_NAMESPACE} from '../metallb.ts';
import type {ClusterFault} from './tools/fault.ts';

const NAME = 'controller';

const scale = (replicas: number): Command => ({
	kind: 'api',
	verb: 'apply',
	object: {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: {name: NAME, namespace: METALLB_NAMESPACE},
		spec: {replicas},
	} as V1Deployment,
});

/** One that hangs would not do: kubelet starts it again after half a minute. */
const fault: ClusterFault = {
	title: "MetalLB's controller is gone",
	layer: 'lb',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'no replicas of its Deployment'}),
	plan: async () =>
		Promise.resolve({
			inject: [scale(0), {kind: 'gone', namespace: METALLB_NAMESPACE, selector: 'app=metallb,component=controller'}],
			undo: [scale(1), {kind: 'rollout', namespace: METALLB_NAMESPACE, deployment: NAME}],
		}),
};

export default fault;
