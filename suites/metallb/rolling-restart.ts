import check from '../../lib/check/check.ts';
import {METALLB_NAMESPACE} from '../../lib/metallb.ts';
import {FAILOVER_LIMIT_MS} from '../../lib/limits.ts';
import {Violation} from '../../lib/record/problem.ts';
import {announcedBy} from '../../lib/testbed/arp-watch.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {answerers, drawn, longest, mustHaveClaimed, record, silence} from '../../lib/testbed/recording.ts';
import {stretchesOf} from '../../lib/testbed/stretches.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title:
			'While the speakers of MetalLB are restarted one by one, an address is without an announcer for 10 s at most, and each ' +
			'new one tells the segment',
		why:
			'MetalLB is upgraded node by node, in working hours. Where a speaker goes before another takes over, or the new one does ' +
			'not tell the segment, each step is an outage for the addresses that move.',
		refs: ['https://metallb.io/concepts/layer2/', 'https://github.com/metallb/metallb/issues/172'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		budgetMs: 240_000,
		exclusive: ['node'],
		faults: ['garp-blocked'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const port = 80;
		const {ip} = await balancedByPool(testbed, {
			name: 'echo',
			selector: {app: 'echo'},
			ports: [{name: 'http', port, targetPort: 8080}],
		});
		await programmed(testbed, 'echo');
		const recording = await record(testbed, {ip, port});
		try {
			await announcedBy(testbed, recording.watch, ip);
			await testbed.settled();

			for (const {name: node} of testbed.nodes) {
				recording.moment(`restart on ${node}`);
				const restart = {kind: 'restart', namespace: METALLB_NAMESPACE, selector: 'app=metallb,component=speaker', node} as const;
				await testbed.change({name: `the speaker of ${node} is restarted`, make: [restart], undo: []});
			}
			await announcedBy(testbed, recording.watch, ip);
		} finally {
			await recording.close();
			testbed.chart(drawn(recording, 'Speakers restarted one by one', port));
		}
		const end = performance.now();
		const stretches = stretchesOf(answerers(recording, recording.from, end), end);
		const silentMs = Math.round(silence(recording, recording.from, end));
		const lost = recording.dials.filter(({outcome}) => outcome !== 'answered').length;
		testbed.number('longest without an announcer', silentMs, 'ms');
		testbed.number(
			'longest with two',
			longest(stretches, ({text}) => text.includes(' and ')),
			'ms',
		);
		testbed.number('changes of the announcer', stretches.filter(({mark}) => mark === '.').length - 1, 'changes');
		testbed.number('requests lost', lost, 'requests');
		testbed.number('requests', recording.dials.length, 'requests');

		mustHaveClaimed(recording, recording.from, end);
		if (silentMs <= FAILOVER_LIMIT_MS) return;
		throw new Violation({
			summary: `nobody answered ARP for ${ip} for ${silentMs} ms`,
			expected: `at most ${FAILOVER_LIMIT_MS} ms`,
			observed: `${silentMs} ms; ${lost} of ${recording.dials.length} requests were lost`,
			layer: {name: 'lb', detail: `no speaker announced ${ip}`},
			reproduce: ['kubectl -n metallb-system rollout restart daemonset speaker'],
		});
	},
);
