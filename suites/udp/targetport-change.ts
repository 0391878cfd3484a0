import check from '../../lib/check/check.ts';
import {withPort} from '../../lib/ip.ts';
import {changeService} from '../../lib/testbed/change-service.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {forgotten} from '../../lib/testbed/remembered.ts';
import {answeredBy, askMeanwhile, askOnce, sameClient} from '../../lib/testbed/same-client.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const LOCAL_PORT = 20_050;
const RECOVERS_WITHIN_MS = 5_000;
const port = (targetPort: number) => ({name: 'udp', port: 80, targetPort, protocol: 'UDP' as const});

export default check(
	{
		title: 'When a Service gets another targetPort, the datagrams of a client that goes on reach the new port and no more the old one',
		why:
			'A client that keeps its socket stays with the old port: it finds nobody there, or the old protocol. It shows after a ' +
			'release that moves a UDP port, in clients that were not restarted.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/conntrack/cleanup.go'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		testbed.step('pods that listen on two ports, and a Service that leads to one of them');
		const also = {tcp: ['other-http', 9080], udp: ['other-udp', 9081]} as const;
		const pods = await echoPods(testbed, {name: 'echo', replicas: 2, also});
		const {clusterIp} = await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: [port(8081)]});
		await programmed(testbed, 'echo');
		const client = await sameClient(testbed, clusterIp, LOCAL_PORT);
		await askOnce(client);
		await testbed.settled();

		testbed.step('the Service leads to the other port, and the client goes on');
		await askMeanwhile(testbed, client, async () => {
			await changeService(testbed, 'echo', {ports: [port(9081)]});
			await programmed(testbed, 'echo');
		});
		await forgotten(testbed, {...client, backends: pods.map(({ip}) => withPort(ip, 8081))});
		await answeredBy(
			testbed,
			client,
			pods.map(({name}) => name),
			RECOVERS_WITHIN_MS,
		);
	},
);
