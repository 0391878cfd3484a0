import check from '../../lib/check/check.ts';
import {restartProxy} from '../../lib/change/proxy-config.ts';
import {PROXY_MODES} from '../../lib/model/modes/modes.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {stretchesOf, type Glance} from '../../lib/testbed/stretches.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {lookUntil} from '../../lib/wait/look-until.ts';

/**
 * kube-proxy looks after its rules once in its syncPeriod, 30 s; iptables' monitor then gives other tables 5 s, and a busy machine takes
 * its time.
 */
const HEALED_WITHIN_MS = 45_000;

export default check(
	{
		title:
			"When somebody takes a node's rules away they come back: in iptables and ipvs modes within a sync period, in nftables " +
			'mode with the next change',
		why:
			"A reload of firewalld, iptables -F or a configuration tool deletes kube-proxy's rules, and all Services of that node are " +
			'dead. In nftables mode nobody looks after them: without a change it can take an hour.',
		refs: [
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/util/iptables/iptables.go',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go',
		],
		needs: ['node-access', 'proxy-pods'],
		budgetMs: 120_000,
		exclusive: ['cluster'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports});
		const {name: node} = lastWorker(testbed);
		const place = await testbed.vantage.pod(node);
		await testbed.settled();

		testbed.step(`the rules of ${node} are taken away`);
		const {flush, traits} = PROXY_MODES[testbed.mode];
		await testbed.change({
			name: `rules of ${node} are gone`,
			make: [{kind: 'run', node, argv: ['sh', '-c', flush(testbed.family)]}],
			undo: [restartProxy(node)],
		});
		const since = Date.now();
		if (traits.heals === 'at the next change') await service(testbed, {name: 'change', selector: {app: 'echo'}, ports});
		const seen: Glance[] = [];
		const look = async (): Promise<boolean> => {
			const began = Date.now() - since;
			const dials = await place.dial({ip: clusterIp, port: 80}, {count: 2, timeoutMs: 1000});
			const areAnswered = dials.every(({outcome}) => outcome === 'answered');
			seen.push({at: began, mark: areAnswered ? '.' : 'X', text: dials[0]?.outcome ?? ''});
			return areAnswered;
		};
		// Each look lasts until it is answered, or a second.
		const isServed = await lookUntil(look, {since, longestMs: HEALED_WITHIN_MS, intervalMs: 0, signal: testbed.signal});
		const text = isServed ? `served again after ${Date.now() - since} ms` : `not served within ${HEALED_WITHIN_MS} ms`;
		testbed.chart({
			kind: 'timeline',
			title: 'Since the rules were taken away',
			unit: 'ms',
			rows: [{name: node, stretches: stretchesOf(seen, Date.now() - since)}],
			moments: [],
		});
		testbed.number('time to repair', Date.now() - since, 'ms');
		const expected = `a Service is served again ${traits.heals}, in at most ${HEALED_WITHIN_MS / 1000} s`;
		judgeNodes(testbed, {title: 'Repair', expected, layer: 'kube-proxy', reproduce: `curl http://${clusterIp}/hostname`}, [
			{node, text, wrong: isServed ? undefined : text},
		]);
	},
);
