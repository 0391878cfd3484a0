import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {withPort} from '../../lib/ip.ts';
import {judge} from '../../lib/probe/judge.ts';

const COUNT = 2_000;

/** Connections that the kernel could not note, summed over its processors. */
const FAILED = 'conntrack -S | tr " " "\\n" | sed -n "s/^insert_failed=//p" | awk "{sum += \\$1} END {print sum + 0}"';

export default check(
	{
		title: `${COUNT} connections of one client to a ClusterIP at the same time are all answered`,
		why:
			'Collisions and a full table in conntrack lose packets under load alone, so a Service that passes every smoke test fails ' +
			'in its first peak. Look for insert_failed in conntrack -S and "table full" in the kernel\'s log.',
		refs: ['https://www.kernel.org/doc/html/latest/networking/nf_conntrack-sysctl.html'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['endpoint-rule', 'dispatch'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const node = lastWorker(testbed);
		const from = await testbed.vantage.pod(node.name);
		const to = {ip: clusterIp, port: 80};
		const expected = (await expectations(testbed)).of({node, kind: 'pod', from, to});
		const failures = async (): Promise<number> => Number((await node.shell.run(['sh', '-c', FAILED])).stdout);
		await testbed.settled();

		const before = await failures();
		testbed.step(`${COUNT} connections at the same time from a pod on ${node.name}`);
		const dials = await from.dial(to, {count: COUNT, concurrency: COUNT, timeoutMs: 20_000});
		testbed.number(`insert_failed of ${node.name}`, (await failures()) - before, '');
		const {ok, text, wrong} = judge(dials, expected);
		judgeNodes(
			testbed,
			{
				title: 'Connections',
				expected: `${COUNT} answers`,
				reproduce: `seq ${COUNT} | xargs -P 0 -n 1 curl http://${withPort(clusterIp, 80)}/hostname`,
			},
			[{node: node.name, text, wrong: ok ? undefined : wrong}],
		);
	},
);
