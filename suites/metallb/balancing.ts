import check from '../../lib/check/check.ts';
import {judgeBalance} from '../../lib/testbed/balance.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {announcerOf, balancedByPool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'New connections to an address of MetalLB are spread evenly over all endpoints, though one node takes them all in',
		why:
			'In L2 mode one node takes in all that comes from outside, and its rules alone deal it out. A skewed chance there ' +
			'overloads one pod for every user, while checks from inside by other nodes look fair.',
		refs: ['https://metallb.io/concepts/layer2/#load-balancing-behavior'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node', 'proxy'],
		faults: ['endpoint-rule', 'skewed-choice'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {ip} = await balancedByPool(testbed, {name: 'echo', selector: {app: 'echo'}, ports});
		await programmed(testbed, 'echo');
		const via = await announcerOf(testbed, ip);
		const expected = await expectations(testbed);
		const wish = {to: [{ip, port: 80, via}], counts: 600};
		// ipvs deals out in turn to all that come to a node: there the host outside comes alone.
		const on = testbed.nodes.filter(node => node !== via);
		const flows = [
			...(await flowsOf(testbed, {...wish, from: ['outside']}, expected)),
			...(await flowsOf(testbed, {...wish, from: ['pod'], on}, expected)),
		];
		await testbed.settled();

		testbed.step('600 new connections from outside and from a pod on each node that does not announce it');
		judgeBalance(testbed, await sendFlows(testbed, `Address ${ip}:80 of MetalLB`, flows));
	},
);
