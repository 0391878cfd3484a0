import type {V1Endpoint} from '@kubernetes/client-node';
import {makeSlice} from './endpoint-slices.ts';
import {expectations} from './expectations.ts';
import {flowsOf} from './flows-of.ts';
import {sendFlows} from './flows.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';
import {echoPods, service, type EchoPod} from './workloads.ts';

/**
 * Makes a Service without a selector, for which no controller makes slices, and for it the EndpointSlices that `slicesOf` makes of four
 * pods; then sends to it from everywhere.
 */
export const servedBySlices = async (
	testbed: Testbed,
	slicesOf: (pods: readonly EchoPod[]) => readonly (readonly V1Endpoint[])[],
): Promise<void> => {
	const pods = await echoPods(testbed, {name: 'echo', replicas: 4});
	const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
	for (const [index, endpoints] of slicesOf(pods).entries()) await makeSlice(testbed, {name: `echo-${index + 1}`, endpoints});
	await programmed(testbed, 'echo');
	const to = [{ip: clusterIp, port: 80}];
	const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 100}, await expectations(testbed));
	await testbed.settled();

	testbed.step('100 new connections from a pod and from the host network of each node');
	await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
};
