import check from '../../lib/check/check.ts';
import {ofEachNode, metricOf} from '../../lib/testbed/ask-nodes.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {service} from '../../lib/testbed/workloads.ts';
import {programmed} from '../../lib/testbed/programmed.ts';

/** Each must go up when Services and endpoints change. */
const COUNTERS = [
	'network_programming_duration_seconds_count',
	'sync_proxy_rules_service_changes_total',
	'sync_proxy_rules_endpoint_changes_total',
	'sync_proxy_rules_last_timestamp_seconds',
];
/** These must not, where the mode has them. */
const FAILURES = ['sync_proxy_rules_iptables_restore_failures_total', 'sync_proxy_rules_nftables_sync_failures_total'];

export default check(
	{
		title: "The counters of every node's kube-proxy go up when Services and endpoints change, and none of its updates fails",
		why:
			'Alerts on stale rules stand on these counters. Where they stand still, users notice first, and failures that go up mean ' +
			'that changes no longer reach the kernel of that node.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/metrics/metrics.go'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		await echoService(testbed, {replicas: 1, ports});
		const before = new Map<string, ReadonlyMap<string, number>>();
		await ofEachNode(testbed, ['metrics'], ({metrics}, {name}) => {
			before.set(name, new Map([...COUNTERS, ...FAILURES].map(one => [one, metrics.ok ? (metricOf(metrics.value, one) ?? 0) : 0])));
			return {text: ''};
		});
		await testbed.settled();

		testbed.step('one Service more');
		await service(testbed, {name: 'more', selector: {app: 'echo'}, ports});
		await programmed(testbed, 'more');
		const seen = await ofEachNode(testbed, ['metrics'], ({metrics}, {name}) => {
			if (!metrics.ok) return {text: '?', wrong: `${metrics.source}: ${metrics.why}`};
			const still = COUNTERS.filter(one => (metricOf(metrics.value, one) ?? 0) <= (before.get(name)?.get(one) ?? 0));
			const failed = FAILURES.filter(one => (metricOf(metrics.value, one) ?? 0) > (before.get(name)?.get(one) ?? 0));
			const wrong = [...still.map(one => `kubeproxy_${one} did not go up`), ...failed.map(one => `kubeproxy_${one} went up`)].join(
				', ',
			);
			return {text: `${COUNTERS.length - still.length} of ${COUNTERS.length} went up`, wrong: wrong || undefined};
		});
		const expected = `${COUNTERS.join(', ')} go up, and no failures`;
		judgeNodes(testbed, {title: 'Counters', expected, layer: 'kube-proxy', reproduce: 'curl http://127.0.0.1:10249/metrics'}, seen);
	},
);
