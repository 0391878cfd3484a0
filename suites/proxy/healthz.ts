import check from '../../lib/check/check.ts';
import type {NodeFacts} from '../../lib/facts/read-node.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';

/**
 * pkg/proxy/healthcheck/proxy_health.go: without pending changes lastUpdated is now; with one that waits longer than this, it is no longer
 * healthy.
 */
const HEALTHY_S = 60;

/**
 * `2026-11-29T14:00:00.1Z` of 1.36, `2026-11-29 14:00:00.1 +0000 UTC m=+0.1` before; in seconds, as the two times of one answer are not
 * taken at once.
 */
const secondsOf = (body: string, field: string): number => {
	const [, date = '', time = ''] = new RegExp(`"${field}": ?"(\\d+-\\d+-\\d+)[T ](\\d+:\\d+:\\d+)`).exec(body) ?? [];
	return Date.parse(`${date}T${time}Z`) / 1000;
};

const seenOf = ({healthz}: Pick<NodeFacts, 'healthz'>) => {
	if (!healthz.ok) return {text: '?', wrong: `${healthz.source}: ${healthz.why}`};
	const {status, body} = healthz.value;
	const age = secondsOf(body, 'currentTime') - secondsOf(body, 'lastUpdated');
	const isHealthy = status === 200 && age >= -1 && age < HEALTHY_S;
	return {text: `${status}, ${age} s old`, wrong: isHealthy ? undefined : `status ${status}: ${body.slice(0, 200)}`};
};

export default check(
	{
		title: 'The kube-proxy of every node is healthy at /healthz, and its last update is as new as that says',
		why:
			'Cloud load balancers decide by it which nodes get traffic. A kube-proxy that says 200 with old rules keeps a broken node ' +
			'in service, and one that says 503 for nothing takes a good one out.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/healthcheck/proxy_health.go'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		// So that each has something to update.
		await echoService(testbed, {replicas: 1, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await testbed.settled();

		testbed.step('/healthz of every node');
		const seen = await ofEachNode(testbed, ['healthz'], seenOf);
		const expected = `200, and an update less than ${HEALTHY_S} s old`;
		judgeNodes(testbed, {title: '/healthz', expected, layer: 'kube-proxy', reproduce: 'curl http://127.0.0.1:10256/healthz'}, seen);
	},
);
