import check from '../../lib/check/check.ts';
import {serviceName} from '../../lib/model/dns-names.ts';
import {MAX_FALSE_ALARM} from '../../lib/probe/balance.ts';
import {chiSquareTail} from '../../lib/probe/chi-square.ts';
import {Lost} from '../../lib/probe/vantage.ts';
import {judgeNodes, type NodeVerdict} from '../../lib/testbed/judge-nodes.ts';
import {nameServersSteady} from '../../lib/testbed/name-servers.ts';
import {questionsSeen} from '../../lib/testbed/questions-seen.ts';

/** Nobody else asks for such records. */
const TYPE = 'TXT';
const COUNT = 200;

export default check(
	{
		title: 'The DNS Service sends the questions of every node to all DNS servers alike, and none is lost',
		why:
			'If one DNS server gets all questions, it is slow while the others idle; if one is out of reach, every nth lookup stalls ' +
			"for the resolver's 5 s. Both show as slow requests all over the cluster.",
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/', 'https://coredns.io/plugins/metrics/'],
		needs: ['node-access'],
		exclusive: ['dns'],
		faults: ['name-server-skewed', 'name-server-lost'],
	},
	async testbed => {
		await nameServersSteady(testbed);
		const name = serviceName({name: 'kubernetes', namespace: 'default'});
		await testbed.settled();

		testbed.step(`${COUNT} questions from a pod on each node, one node after the other, and what each server counted meanwhile`);
		const seen: NodeVerdict[] = [];
		for (const {name: node} of testbed.nodes) {
			const place = await testbed.vantage.pod(node);
			const before = await questionsSeen(testbed, TYPE);
			let lost = 0;
			for (let sent = 0; sent < COUNT; sent += 20) {
				const some = Array.from({length: 20}, async () => place.lookup(name, TYPE));
				for (const one of await Promise.allSettled(some)) {
					if (one.status === 'rejected' && !(one.reason instanceof Lost)) throw one.reason;
					if (one.status === 'rejected') lost++;
				}
			}
			const shares = [...(await questionsSeen(testbed, TYPE))].map(([server, count]) => ({
				server,
				count: count - (before.get(server) ?? 0),
			}));
			const each = shares.reduce((sum, {count}) => sum + count, 0) / shares.length;
			const p = chiSquareTail(
				shares.reduce((sum, {count}) => sum + (count - each) ** 2 / each, 0),
				Math.max(shares.length - 1, 1),
			);
			const counts = shares.map(({server, count}) => `${server} ${count}`).join(', ');
			const text = `${counts}${lost > 0 ? `, ${lost} of ${COUNT} lost` : ''}`;
			const isWrong = lost > 0 || p < MAX_FALSE_ALARM || shares.some(({count}) => count === 0);
			seen.push({node, text, wrong: isWrong ? text : undefined});
		}
		const expected =
			'each DNS server gets its share of the questions (chi-square test, false alarm once in a million), and no question is lost';
		judgeNodes(testbed, {title: 'Questions of each DNS server', expected, reproduce: `dig ${name} ${TYPE}`}, seen);
	},
);
