import {causesOf} from '../usage.ts';
import {PROXY_MODES} from '../model/modes/modes.ts';
import type {Testbed, TestNode} from './testbed.ts';

/** What is asked after a red; where it cannot be had, why. */
const orWhy = async (ask: () => Promise<string>): Promise<string> => {
	try {
		return await ask();
	} catch (error) {
		return `could not be read: ${causesOf(error).join(': ')}\n`;
	}
};

const rulesOf = async (node: TestNode, {mode, family}: Testbed): Promise<string> =>
	orWhy(async () => {
		const {stdout, stderr} = await node.shell.run(['sh', '-c', PROXY_MODES[mode].shown(family).join('; ')]);
		return stdout + stderr;
	});

/** Saves what the API and the nodes say about the namespace of a check that went red, before it is deleted. */
export const autopsy = async (testbed: Testbed): Promise<void> => {
	const {kube, namespace, nodes, evidence} = testbed;
	const [objects, ...rules] = await Promise.all([
		orWhy(async () => {
			const [services, slices, pods, events] = await Promise.all([
				kube.core.listNamespacedService({namespace}),
				kube.discovery.listNamespacedEndpointSlice({namespace}),
				kube.core.listNamespacedPod({namespace}),
				kube.events(namespace),
			]);
			return JSON.stringify({services: services.items, endpointSlices: slices.items, pods: pods.items, events}, undefined, '\t');
		}),
		...nodes.map(async node => rulesOf(node, testbed)),
	]);
	evidence('objects.json', objects);
	for (const [index, node] of nodes.entries()) evidence(`${node.name}-rules.txt`, rules[index] as string);
};
