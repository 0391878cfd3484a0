import {echoService} from './echo-service.ts';
import {flowsFollow} from './follow.ts';
import type {Testbed} from './testbed.ts';
import {labelled} from './workloads.ts';

/** A Service is served, gets a label by which kube-proxy leaves it out, and loses it again: every node must follow each time. */
export const leftOutByLabel = async (testbed: Testbed, label: string, value: string): Promise<void> => {
	const {clusterIp} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
	const wish = {from: ['pod', 'node'] as const, to: [{ip: clusterIp, port: 80}], counts: 60};
	await testbed.settled();

	testbed.step(`the Service gets the label ${label}`);
	await labelled(testbed, 'echo', {[label]: value});
	await flowsFollow(testbed, 'With the label', wish);
	testbed.step('the label is taken off');
	await labelled(testbed, 'echo', {[label]: null});
	await flowsFollow(testbed, 'Without the label', wish, 'echo');
};
