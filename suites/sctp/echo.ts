import check from '../../lib/check/check.ts';
import {withPort} from '../../lib/ip.ts';
import {podIp} from '../../lib/model/pods.ts';
import {CLIENT_NAMESPACE} from '../../lib/testbed/clients.ts';
import {inPodNetwork} from '../../lib/testbed/in-pod-network.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const SCTP_PORT = 8082;
const COUNT = 5;

export default check(
	{
		title: 'An SCTP Service answers by its ClusterIP and its NodePort, from a pod and from the host network of every node',
		why:
			"Telecom workloads speak SCTP only. The kernel's module, kube-proxy's rules and the CNI's port forwarding " +
			'each have to know it, and no other traffic shows that one does not.',
		refs: ['https://kubernetes.io/docs/reference/networking/service-protocols/#protocol-sctp'],
		needs: ['node-access', 'sctp'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const {kube, nodes} = testbed;
		const pods = await echoPods(testbed, {
			name: 'echo',
			replicas: 2,
			ports: {tcp: ['http', 8080], udp: ['udp', 8081], sctp: SCTP_PORT},
		});
		const ports = [{name: 'sctp', port: 80, targetPort: SCTP_PORT, protocol: 'SCTP' as const}];
		const {clusterIp, nodePorts} = await service(testbed, {name: 'echo', type: 'NodePort', selector: {app: 'echo'}, ports});
		await programmed(testbed, 'echo');
		const {items} = await kube.core.listNamespacedPod({namespace: CLIENT_NAMESPACE, labelSelector: 'app=client'});
		const via = lastWorker(testbed);
		const to = [withPort(clusterIp, 80), withPort(via.ip, nodePorts['sctp'] ?? 0)];
		await testbed.settled();

		testbed.step(`${COUNT} associations from a pod and from the host network of each node to each way in`);
		// An association that is shut down after the question takes no answer any more.
		const ask = (goal: string) => ['socat', '-t', '3', '-T', '3', '-', `SCTP:${goal},shut-none`];
		const seen = await Promise.all(
			nodes.flatMap(node => {
				const client = items.find(({spec}) => spec?.nodeName === node.name);
				const from = {pod: client && podIp(client, testbed.family), node: undefined};
				return Object.entries(from).flatMap(([kind, ip]) =>
					to.map(async goal => {
						const answers: string[] = [];
						for (let sent = 0; sent < COUNT; sent++) {
							const {stdout} = await (ip === undefined
								? node.shell.run(ask(goal), {stdin: 'hostname'})
								: inPodNetwork(node, ip, ask(goal), 'hostname'));
							answers.push(stdout.trim());
						}
						const right = answers.filter(answer => pods.some(({name}) => name === answer)).length;
						const text = `${kind} to ${goal}: ${right} of ${COUNT}`;
						const decides = goal === to[1] ? via.name : node.name;
						return {node: decides, text, wrong: right < COUNT ? text : undefined};
					}),
				);
			}),
		);
		const reproduce = `echo hostname | socat -t 3 - SCTP:${to[0]},shut-none`;
		judgeNodes(testbed, {title: 'Associations', expected: 'the name of an endpoint', reproduce}, seen);
	},
);
