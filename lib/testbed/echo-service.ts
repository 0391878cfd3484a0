import {expectations, type Expectations} from './expectations.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';
import {echoPods, service, type EchoPod, type MadeService, type ServiceWish} from './workloads.ts';

type EchoService = Omit<ServiceWish, 'name' | 'selector'> & {
	readonly replicas: number;
	/** `EchoPod`s that can be sent from. */ readonly client?: boolean;
	/** They go on serving for so long when they are to end. */ readonly lingerSeconds?: number;
};

/**
 * Sets up echo pods behind a Service `echo`, waits until every node has its rules, and asks the model what must become of connections to
 * it.
 */
export const echoService = async (
	testbed: Testbed,
	{replicas, client = false, lingerSeconds, ...wish}: EchoService,
): Promise<MadeService & {readonly pods: readonly EchoPod[]; readonly expected: Expectations}> => {
	testbed.step(`${replicas} echo pods behind a ${wish.type ?? 'ClusterIP'} Service`);
	const pods = await echoPods(testbed, {name: 'echo', replicas, client, ...(lingerSeconds !== undefined && {lingerSeconds})});
	const made = await service(testbed, {...wish, name: 'echo', selector: {app: 'echo'}});
	testbed.step('every node has rules for every endpoint');
	await programmed(testbed, made.name, {pods});
	return {...made, pods, expected: await expectations(testbed)};
};
