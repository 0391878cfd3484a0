import type {V1Service} from '@kubernetes/client-node';
import check from '../../lib/check/check.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {createPod, podReady} from '../../lib/testbed/pods.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {soleAnnouncer} from '../../lib/testbed/sole-announcer.ts';

export default check(
	{
		title:
			'With externalTrafficPolicy Local the node of the endpoint announces the address, follows the endpoint, and the client is ' +
			'seen as it is',
		why:
			'With policy Local a node without an endpoint drops what it gets. Where MetalLB announces from such a node, or does not ' +
			'follow a rollout, the address is dead from outside while every pod is ready.',
		refs: ['https://metallb.io/usage/#local-traffic-policy'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node'],
		faults: ['second-arp-responder', 'speakers-stopped'],
	},
	async testbed => {
		const [from, to = from] = testbed.workers;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const add = async (name: string, node: string): Promise<void> => {
			await createPod(testbed, {name, node, ports: [{containerPort: 8080}]});
			await podReady(testbed, name);
		};
		await add('before', from.name);
		const selector = {app: 'before'};
		const {ip} = await balancedByPool(testbed, {name: 'echo', selector, externalTrafficPolicy: 'Local', ports});
		await programmed(testbed, 'echo');
		const watch = await watchArp(testbed, [ip]);
		try {
			await announcedBy(testbed, watch, ip, {among: [from]});
			await testbed.settled();
			await soleAnnouncer(testbed, watch, ip, from);

			testbed.step(`the endpoint moves from ${from.name} to ${to.name}`);
			await add('after', to.name);
			const since = performance.now();
			await testbed.kube.apply<V1Service>({
				apiVersion: 'v1',
				kind: 'Service',
				metadata: {name: 'echo', namespace: testbed.namespace},
				spec: {selector: {app: 'after'}},
			});
			await announcedBy(testbed, watch, ip, {among: [to]});
			testbed.number('until the announcer followed', Math.round(performance.now() - since), 'ms');
			await programmed(testbed, 'echo');
			const flows = await flowsOf(
				testbed,
				{from: ['outside'], to: [{ip, port: 80, via: to}], counts: 40, sources: true},
				await expectations(testbed),
			);
			await sendFlows(testbed, `${ip} by ${to.name}`, flows);
		} finally {
			await watch.close();
		}
	},
);
