import {hashed} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'mh',
	{
		title:
			"The scheduler mh deals connections out so: by a hash of the client's address and port: every endpoint gets some, in no " +
			'turn',
		why:
			"As kube-proxy sets it up, mh hashes the client's port too: it spreads connections and does not keep a client with one " +
			'pod. Whoever chose it for stickiness loses sessions; its gain is that few flows move when endpoints change.',
	},
	hashed,
);
