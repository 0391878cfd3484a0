import check from '../../lib/check/check.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {sendFlows, type Flow} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';

/** Below the range that clients choose from, so that nobody else has it. */
const LOCAL_PORT = 20_058;
const COUNT = 2;

export default check(
	{
		title:
			'A client that goes on from a Service to its pods themselves, from the same port, is answered; in ipvs mode not by the pod ' +
			'that answered for the Service',
		why:
			"In ipvs mode the kernel takes a pod's own answer for its Service's and sends it on from the Service's address, so the " +
			'client drops it. Monitors and resolvers that ask DNS servers both ways from one port take one of them for dead, at random.',
		refs: ['https://github.com/torvalds/linux/blob/v6.12/net/netfilter/ipvs/ip_vs_core.c'],
		faults: ['dispatch'],
	},
	async testbed => {
		const {clusterIp, pods} = await echoService(testbed, {
			replicas: 3,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const node = lastWorker(testbed);
		const from = await testbed.vantage.pod(node.name);
		const client = {row: `pod on ${node.name}`, from, count: COUNT, node: node.name, localPort: LOCAL_PORT};
		await testbed.settled();

		testbed.step(`from port ${LOCAL_PORT} of a pod on ${node.name}, one datagram to the Service`);
		const to = {ip: clusterIp, port: 80, protocol: 'UDP' as const};
		const [asked] = await from.dial(to, {count: 1, localPort: LOCAL_PORT});
		const by = asked?.outcome === 'answered' ? asked.backend : undefined;
		const isClaimed = (name: string): boolean => TRAITS[testbed.mode].claimsDirectAnswers && name === by;
		testbed.step(`from the same port, ${COUNT} to each of its pods, and to the Service again`);
		await sendFlows(testbed, 'From one port', [
			...pods.map(({name, ip}): Flow => ({
				...client,
				column: name === by ? `${name}, who answered for the Service` : name,
				to: {ip, port: 8081, protocol: 'UDP'},
				expected: isClaimed(name) ? {outcome: 'timeout'} : {outcome: 'answered', by: [name]},
			})),
			{...client, column: 'the Service', to, expected: {outcome: 'answered', by: pods.map(({name}) => name)}},
		]);
	},
);
