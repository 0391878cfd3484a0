import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {answeredBy, askMeanwhile, askOnce, sameClient} from '../../lib/testbed/same-client.ts';
import {scaled} from '../../lib/testbed/workloads.ts';

const LOCAL_PORT = 20_051;
/** Once the rules know the new backend, the old flow is forgotten with the same sync. */
const RECOVERS_WITHIN_MS = 5_000;

export default check(
	{
		title: 'A client that sends datagrams from one port for ever is served by the new backend within seconds of the change',
		why:
			'A sender that never changes its port keeps its conntrack entry alive and goes on to a pod that is gone, as with a defect ' +
			'of 1.22 (kubernetes#105657). statsd, syslog and SIP fall silent after a rollout until the client restarts.',
		refs: [
			'https://github.com/kubernetes/kubernetes/issues/105657',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/test/e2e/network/conntrack.go',
		],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const {clusterIp, pods} = await echoService(testbed, {
			replicas: 1,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const client = await sameClient(testbed, clusterIp, LOCAL_PORT);
		await askOnce(client);
		await testbed.settled();

		testbed.step('the only backend is replaced, and the client goes on');
		let now: readonly string[] = [];
		const dials = await askMeanwhile(testbed, client, async () => {
			for (const {name} of pods) await kube.core.deleteNamespacedPod({namespace, name});
			now = (await scaled(testbed, 'echo', 1)).map(({name}) => name);
			await programmed(testbed, 'echo');
		});
		testbed.number('datagrams lost meanwhile', dials.filter(({outcome}) => outcome !== 'answered').length, `of ${dials.length}`);
		await answeredBy(testbed, client, now, RECOVERS_WITHIN_MS);
	},
);
