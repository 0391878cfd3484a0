import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {announcerOf, balanced, makePool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "By an address of MetalLB a backend sees the announcing node with policy Cluster, and the client's own address with Local",
		why:
			'Allow-lists, rate limits and logs of programs on bare metal depend on it. With Cluster all users look like the one ' +
			'announcing node, and one abusive client has all of them blocked.',
		refs: ['https://metallb.io/usage/#traffic-policies', 'https://kubernetes.io/docs/tutorials/services/source-ip/'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['masquerade-missing'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length});
		const via = lastWorker(testbed);
		await makePool(testbed, {count: 2, nodes: [via.name]});
		const wish = {selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		const made = await Promise.all(
			['Cluster', 'Local'].map(async policy =>
				balanced(testbed, {...wish, name: policy.toLowerCase(), externalTrafficPolicy: policy}),
			),
		);
		await Promise.all(made.map(async ({name}) => programmed(testbed, name)));
		await Promise.all(made.map(async ({ip}) => announcerOf(testbed, ip, {among: [via]})));
		const to = made.map(({name, ip}) => ({name: `policy ${name}`, ip, port: 80, via}));
		const wanted = {from: ['outside'] as const, to, counts: 60, sources: true, timeouts: true};
		const flows = await flowsOf(testbed, wanted, await expectations(testbed));
		await testbed.settled();

		testbed.step(`60 new connections from outside to each by ${via.name}, and the address that the backends saw`);
		await sendFlows(testbed, 'Source addresses by MetalLB', flows);
	},
);
