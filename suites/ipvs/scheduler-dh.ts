import {one} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'dh',
	{
		title: 'The scheduler dh deals connections out so: all connections to one address to one endpoint, by that address',
		why:
			'dh looks at the destination, which is the same for all connections to a Service: one pod gets them all. Whoever picks it ' +
			'from the list of schedulers overloads that pod while the others idle.',
	},
	one,
);
