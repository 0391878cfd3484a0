import {expectations, type Expectations} from './expectations.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';
import {echoPods, service, type MadeService, type ServiceWish} from './workloads.ts';

type EchoService = Omit<ServiceWish, 'name' | 'selector'> & {readonly replicas: number};

/** Sets up echo pods behind a Service `echo`, waits until every node has its rules, and asks the model what must become of connections to it. */
export const echoService = async (testbed: Testbed, {replicas, ...wish}: EchoService): Promise<MadeService & {readonly expected: Expectations}> => {
	testbed.step(`${replicas} echo pods behind a ${wish.type ?? 'ClusterIP'} Service`);
	await echoPods(testbed, {name: 'echo', replicas});
	const made = await service(testbed, {...wish, name: 'echo', selector: {app: 'echo'}});
	testbed.step('every node has rules for every endpoint');
	await programmed(testbed, made.name);
	return {...made, expected: await expectations(testbed)};
};
