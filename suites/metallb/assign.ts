import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'MetalLB gives a Service an address of its pool, or the one that it asks for, and both are served from outside and inside',
		why:
			'A Service without an address, or with another than it asked for, cannot be reached at the name that public DNS has. ' +
			'Overlapping pools, a controller that does not run and a typo in the annotation are usual.',
		refs: ['https://metallb.io/usage/#requesting-specific-ips'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const {addresses} = await makePool(testbed, {count: 4});
		const wish = {selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		const asked = addresses[2] ?? '';
		const annotations = {'metallb.io/loadBalancerIPs': asked};
		const [any, wanted] = await Promise.all([
			balanced(testbed, {...wish, name: 'any'}),
			balanced(testbed, {...wish, name: 'asked', annotations}),
		]);
		if (!addresses.includes(any.ip) || wanted.ip !== asked || any.ip === asked)
			throw new Violation({
				summary: 'MetalLB gave other addresses than it should',
				expected: `any: one of ${addresses.join(', ')}; asked: ${asked}`,
				observed: `any: ${any.ip}; asked: ${wanted.ip}`,
				layer: {name: 'lb', detail: `the pool holds ${addresses.join(', ')}`},
				reproduce: [`kubectl -n ${testbed.namespace} get services`],
			});
		await Promise.all(['any', 'asked'].map(async name => programmed(testbed, name)));
		const watch = await watchArp(testbed, [any.ip, asked]);
		const to = await Promise.all(
			[any, wanted].map(async ({name, ip}) => ({name: `${name} ${ip}`, ip, port: 80, via: await announcedBy(testbed, watch, ip)})),
		).finally(async () => watch.close());
		const flows = await flowsOf(testbed, {from: ['outside', 'pod', 'node'], to, counts: 50}, await expectations(testbed));
		await testbed.settled();

		testbed.step('50 new connections from outside, a pod and the host network of each node');
		await sendFlows(testbed, 'Addresses of MetalLB', flows);
	},
);
