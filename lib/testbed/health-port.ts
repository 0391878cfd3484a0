import {withPort} from '../ip.ts';
import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';

/** The health port of a Service with policy Local, and the nodes that have endpoints of it: pods whose label `app` is its name. */
export type HealthPort = {readonly port: number; readonly withEndpoint: ReadonlySet<string | undefined>};

export const healthPort = async ({kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>, name: string): Promise<HealthPort> => {
	const {spec} = await kube.core.readNamespacedService({namespace, name});
	const {items} = await kube.core.listNamespacedPod({namespace, labelSelector: `app=${name}`});
	return {port: spec?.healthCheckNodePort ?? 0, withEndpoint: new Set(items.map(pod => pod.spec?.nodeName))};
};

/** Asks the port of every node, from that node: 200 where there are endpoints, 503 elsewhere, or a Violation that names the nodes. */
export const healthPortAgrees = async (testbed: Testbed, {port, withEndpoint}: HealthPort): Promise<void> => {
	testbed.step(`the health port ${port} of every node`);
	const asked = await Promise.all(
		testbed.nodes.map(async node => {
			const url = `http://${withPort(node.ip, port)}/healthz`;
			const {stdout, stderr} = await node.shell.run([
				'curl',
				'--silent',
				'--show-error',
				'--max-time',
				'5',
				'--output',
				'/dev/null',
				'--write-out',
				'%{http_code}',
				url,
			]);
			return {
				node: node.name,
				url,
				said: stdout.trim() === '000' ? stderr.trim() : stdout.trim(),
				expected: withEndpoint.has(node.name) ? '200' : '503',
			};
		}),
	);
	testbed.grid({
		title: 'Health port',
		columns: [String(port)],
		rows: asked.map(({node, said, expected}) => ({name: node, cells: [{mark: said === expected ? '.' : 'X', text: said}]})),
	});
	const wrong = asked.filter(({said, expected}) => said !== expected);
	if (wrong.length === 0) return;
	throw new Violation({
		summary: `the health port says the wrong thing on ${wrong.map(({node}) => node).join(', ')}`,
		expected: wrong.map(({node, expected}) => `${node}: ${expected}`).join('\n'),
		observed: wrong.map(({node, said}) => `${node}: ${said}`).join('\n'),
		nodes: wrong.map(({node}) => node),
		reproduce: wrong.map(({url, node}) => `curl -i ${url}   # on ${node}`),
	});
};
