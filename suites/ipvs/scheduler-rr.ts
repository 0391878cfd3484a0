import {inTurn} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'rr',
	{
		title: 'The scheduler rr deals connections out so: in turn, each endpoint once in a row of as many as there are',
		why:
			'rr is what ipvs mode uses unless it is told otherwise, and capacity is planned for equal shares. An uneven turn means a ' +
			'real server that is missing or has another weight, and another pod that is overloaded.',
	},
	inTurn,
);
