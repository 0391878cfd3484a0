import {handMadeSlice} from './hand-made-slice.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';
import {service} from './workloads.ts';

/** So many calls to the API server at the same time: more wait in its queues (priority and fairness). */
const AT_A_TIME = 24;

/** What thousands of Services cost the API server, the controllers and each kube-proxy until the last is programmed, on two busy cores. */
const PATIENCE_MS = 200;

/** How much longer than with a few Services rules may take until they are whole. */
export const patienceFor = (size: number): {readonly moreMs: number} => ({moreMs: size * PATIENCE_MS});

export type Last = {readonly name: string; readonly clusterIp: string};
export type ManyServices = {
	/** Makes Services without selectors, each with a slice of one endpoint, until so many are there, waits for the rules of the last. */
	grow(size: number): Promise<Last>;
};

/** Services by the thousand, in the check's namespace; they go with it. */
export const manyServices = (testbed: Testbed, ip: string): ManyServices => {
	let made = 0;
	let last: Last = {name: '', clusterIp: ''};
	const one = async (index: number): Promise<Last> => {
		const name = `many-${index}`;
		const {clusterIp} = await service(testbed, {name, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const {kube, namespace} = testbed;
		await kube.discovery.createNamespacedEndpointSlice({
			namespace,
			body: handMadeSlice(testbed, {service: name, port: 8080, ips: [ip]}),
		});
		return {name, clusterIp};
	};
	return {
		async grow(size) {
			while (made < size) {
				const batch = Array.from({length: Math.min(AT_A_TIME, size - made)}, (_, index) => made + index);
				const results = await Promise.all(batch.map(async index => one(index)));
				made += batch.length;
				last = results.at(-1) ?? last;
			}
			await programmed(testbed, last.name, patienceFor(size));
			return last;
		},
	};
};
