import {inTurn} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'wrr',
	{
		title: 'The scheduler wrr deals connections out so: in turn, as all endpoints have the same weight',
		why:
			'wrr is chosen to send more to stronger pods, and kube-proxy has no way to say which they are. With the weight 1 for all ' +
			'it acts as rr: the small pods of a mixed fleet saturate first.',
	},
	inTurn,
);
