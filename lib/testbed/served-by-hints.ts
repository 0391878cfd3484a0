import {expectations} from './expectations.ts';
import {flowsOf} from './flows-of.ts';
import {sendFlows} from './flows.ts';
import {hinted} from './hints.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';
import {echoPods, service} from './workloads.ts';

/**
 * Makes a Service of this trafficDistribution with a pod on each worker, waits until all its endpoints have such a hint, and sends to it
 * from everywhere. The node of the control plane has no endpoint.
 */
export const servedByHints = async (testbed: Testbed, trafficDistribution: string, of: Parameters<typeof hinted>[2]): Promise<void> => {
	await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length});
	const ports = [{name: 'http', port: 80, targetPort: 8080}];
	const {clusterIp} = await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports, trafficDistribution});
	await hinted(testbed, 'echo', of);
	await programmed(testbed, 'echo');
	const to = [{ip: clusterIp, port: 80}];
	const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 40}, await expectations(testbed));
	await testbed.settled();

	testbed.step('40 new connections from a pod and from the host network of each node');
	await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
};
