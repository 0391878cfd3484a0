import {one} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'sed',
	{
		title:
			'The scheduler sed deals connections out so: the endpoint with the shortest delay: one after the other, that is always ' +
			'the same',
		why:
			'sed weighs connections against weights, and where nothing is open it comes to the same endpoint every time. Services with ' +
			'short requests then run on one pod, which is mistaken for a fault in the rules.',
	},
	one,
);
