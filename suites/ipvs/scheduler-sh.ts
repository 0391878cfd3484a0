import {one} from './scheduler/oracles.ts';
import {schedulerCheck} from './scheduler/scheduler-check.ts';

export default schedulerCheck(
	'sh',
	{
		title: 'The scheduler sh deals connections out so: all connections of one client to one endpoint, by its address',
		why:
			'sh keeps a client with one pod by its address alone, so all that come through one NAT or Ingress share a pod. Where it is ' +
			'not in force, sessions that were built on it break with every new connection.',
	},
	one,
);
