import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {refusedByApi} from '../../lib/testbed/refused.ts';
import {service} from '../../lib/testbed/workloads.ts';

const WHY = /The range of valid ports is (\d+)-(\d+)/;

export default check(
	{
		title: 'Node ports beyond the range of the API server are refused at its ends, and those that it gives are within',
		why:
			"The range keeps node ports apart from clients' own ports and from daemons. A number beyond it could take over SSH or the " +
			"API server's port, on every node at once.",
		refs: ['https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/'],
		noFault: 'what the API server takes is its own matter: nothing beside it makes it take another number',
	},
	async testbed => {
		const ask = async (name: string, nodePort?: number): ReturnType<typeof service> =>
			service(testbed, {name, type: 'NodePort', ports: [{name: 'http', port: 80, targetPort: 8080, ...(nodePort && {nodePort})}]});
		testbed.step('node port 1');
		const said = await refusedByApi('node port 1', WHY, async () => ask('first', 1));
		const [least = 0, most = 0] = (WHY.exec(said) ?? []).slice(1).map(Number);
		await testbed.settled();

		testbed.step(`the ports beside the ends of ${least} to ${most}`);
		for (const port of [least - 1, most + 1]) await refusedByApi(`node port ${port}`, WHY, async () => ask(`beyond-${port}`, port));
		const given = await Promise.all(Array.from({length: 5}, async (_, index) => ask(`within-${index}`)));
		const ports = given.flatMap(({nodePorts}) => nodePorts['http'] ?? 0);
		testbed.number('node ports given', ports.length, ports.join(', '));
		if (new Set(ports).size === ports.length && ports.every(port => port >= least && port <= most)) return;
		throw new Violation({
			summary: 'node ports are given twice, or beyond the range',
			expected: `different numbers from ${least} to ${most}`,
			observed: ports.join(', '),
			layer: {name: 'api', detail: `the API server gave ${ports.join(', ')}`},
			reproduce: [],
		});
	},
);
