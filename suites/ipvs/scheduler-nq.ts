import {one} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'nq',
	{
		title:
			'The scheduler nq deals connections out so: an endpoint that has nothing to do: one after the other, that is always the ' +
			'same',
		why:
			'nq takes an endpoint that is idle, so a quiet Service runs on one pod and the others look dead on a dashboard. It is ' +
			'easily taken for broken balancing, or hides one that is broken.',
	},
	one,
);
