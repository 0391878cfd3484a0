import check from '../../lib/check/check.ts';
import {endpointAt, makeSlice} from '../../lib/testbed/endpoint-slices.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {keepConnection} from '../../lib/testbed/kept-socket.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {kernelCounter} from '../../lib/testbed/run-at.ts';
import {sendStray} from '../../lib/testbed/stray-segment.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

/** All around the numbers that there are: what is behind the window is taken for sent again, what is ahead of it is invalid. */
const COUNT = 16;
const KEEP_MS = 30_000;
/** Of the kernel's counters (net/netfilter/nf_conntrack_standalone.c), summed over processors. */
const INVALID = 'conntrack -S | tr " " "\\n" | sed -n "s/^invalid=//p" | awk "{sum += \\$1} END {print sum + 0}"';
export default check(
	{
		title: 'A packet of an endpoint that belongs to no connection does not reach the client, which would answer by a reset',
		why:
			"Under load a packet outside the TCP window is not translated back; the client takes it for a stranger's and answers with " +
			'a reset, which ends the real connection. Long transfers fail with "connection reset by peer" (kubernetes#74839).',
		refs: ['https://github.com/kubernetes/kubernetes/issues/74839', 'https://github.com/kubernetes/kubernetes/issues/117924'],
		modes: ['iptables'],
		needs: ['node-access'],
		faults: ['invalid-let-through'],
	},
	async testbed => {
		testbed.step('a client and the only endpoint of a Service on one node');
		const node = lastWorker(testbed);
		const replicas = testbed.workers.length;
		const [clients, pods] = await Promise.all([
			echoPods(testbed, {name: 'client', replicas, client: true}),
			echoPods(testbed, {name: 'echo', replicas}),
		]);
		const [client, pod] = [clients, pods].map(all => all.find(one => one.node === node.name));
		if (!client || !pod) throw new Error(`no pods on ${node.name}`);
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await makeSlice(testbed, {name: 'echo-1', endpoints: [endpointAt(pod)]});
		await programmed(testbed, 'echo');
		const place = await testbed.vantage.inside(client);
		await testbed.settled();

		testbed.step('an open connection, and packets of the endpoint that are far from its window');
		const wish = {ip: clusterIp, port: 80, say: '', untilClosed: false, keepMs: KEEP_MS};
		const localPort = await place.evaluate(keepConnection, wish, {timeoutMs: KEEP_MS});
		const counted = async () => ({
			invalid: Number((await node.shell.run(['sh', '-c', INVALID])).stdout),
			resets: await kernelCounter(place, 'Tcp', 'OutRsts'),
		});
		const before = await counted();
		for (let sent = 0; sent < COUNT; sent++) {
			const segment = {from: {ip: pod.ip, port: 8080}, to: {ip: client.ip, port: localPort}, sequence: 0x1000_0000 * sent};
			await sendStray(node, segment);
		}
		const after = await counted();
		const [invalid, resets] = [after.invalid - before.invalid, after.resets - before.resets];
		testbed.number(`invalid packets on ${node.name}`, invalid, '');
		if (resets === 0 && invalid === 0) throw new Error(`the kernel of ${node.name} saw no invalid packet of ${COUNT} sent`);
		const text = `${resets} resets after ${COUNT} packets`;
		const reproduce = `iptables-save -t filter | grep INVALID`;
		judgeNodes(testbed, {title: 'Stray packets', expected: 'no reset by the client', reproduce}, [
			{node: node.name, text, wrong: resets > 0 ? text : undefined},
		]);
	},
);
