import {fewest} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'lc',
	{
		title:
			'The scheduler lc deals connections out so: each to the endpoint that has the fewest connections, those that ipvs still ' +
			'remembers included',
		why:
			'WebSockets and pools of database connections pile up on old pods under rr; lc gives new ones to the pod with the fewest. ' +
			'Where it is not in force, the imbalance after a scale-out stays.',
	},
	fewest,
);
