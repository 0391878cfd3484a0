import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {forgotten} from '../../lib/testbed/remembered.ts';
import {answeredBy, askMeanwhile, askOnce, sameClient} from '../../lib/testbed/same-client.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const LOCAL_PORT = 20_052;
const RECOVERS_WITHIN_MS = 5_000;
const PORTS = [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}] as const;

export default check(
	{
		title: 'A client that goes on after its ClusterIP was given to another Service is served by that one, never again by the old',
		why:
			'Cluster addresses are soon given again, while flows can outlive their Service (kubernetes#141371). Where such a flow does ' +
			"not end even then, one team's datagrams reach another team's pods.",
		refs: ['https://github.com/kubernetes/kubernetes/issues/141371'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const {clusterIp, pods} = await echoService(testbed, {replicas: 1, ports: PORTS});
		const others = await echoPods(testbed, {name: 'other', replicas: 1});
		const client = await sameClient(testbed, clusterIp, LOCAL_PORT);
		await askOnce(client);
		await testbed.settled();

		testbed.step('the Service is deleted, and another one gets its address');
		await askMeanwhile(testbed, client, async () => {
			await kube.core.deleteNamespacedService({namespace, name: 'echo'});
			await service(testbed, {name: 'other', selector: {app: 'other'}, ports: PORTS, clusterIP: clusterIp});
			await programmed(testbed, 'other');
		});
		await forgotten(testbed, {...client, backends: pods.map(({ip}) => ip)});
		await answeredBy(
			testbed,
			client,
			others.map(({name}) => name),
			RECOVERS_WITHIN_MS,
		);
	},
);
