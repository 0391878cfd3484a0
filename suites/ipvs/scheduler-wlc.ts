import {fewest} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'wlc',
	{
		title:
			'The scheduler wlc deals connections out so: each to the endpoint that has the fewest connections for its weight, and all ' +
			'have the same',
		why:
			'wlc is chosen for long connections in the belief that stronger pods get more. kube-proxy gives every endpoint the weight ' +
			'1, so it acts as lc, and in a mixed fleet the small pods are overloaded.',
	},
	fewest,
);
