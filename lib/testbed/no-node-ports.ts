import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';
import type {MadeService} from './workloads.ts';

/** Throws a Violation where a Service that was made with allocateLoadBalancerNodePorts false got node ports all the same. */
export const judgeNoNodePorts = (
	{namespace}: Pick<Testbed, 'namespace'>,
	{name, nodePorts}: Pick<MadeService, 'name' | 'nodePorts'>,
): void => {
	if (Object.keys(nodePorts).length > 0)
		throw new Violation({
			summary: 'the Service got node ports',
			expected: 'none',
			observed: JSON.stringify(nodePorts),
			layer: {name: 'api', detail: 'allocateLoadBalancerNodePorts is false'},
			reproduce: [`kubectl --namespace ${namespace} get service ${name} --output yaml`],
		});
};
