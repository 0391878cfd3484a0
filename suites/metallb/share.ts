import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {announcerOf, balanced, makePool, refused} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title:
			'Services with one sharing key and different ports have one address of MetalLB together; with another key, or for a port ' +
			'that is taken, they do not',
		why:
			'Sharing saves addresses, and lets TCP and UDP of one program have the same. Where strangers share by accident, one gets ' +
			"the other's users; where partners do not, DNS names an address that lacks half of the ports.",
		refs: ['https://metallb.io/usage/#ip-address-sharing'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		await makePool(testbed);
		const wish = (name: string, port: number, key: string) => ({
			name,
			type: 'LoadBalancer',
			selector: {app: 'echo'},
			ports: [{name: 'http', port, targetPort: 8080}],
			annotations: {'metallb.io/allow-shared-ip': key},
		});
		const {ip} = await balanced(testbed, wish('one', 80, 'ours'));
		const {ip: second} = await balanced(testbed, wish('two', 81, 'ours'));
		if (second !== ip)
			throw new Violation({
				summary: 'two Services with one sharing key have two addresses',
				expected: `both have ${ip}`,
				observed: `one: ${ip}; two: ${second}`,
				layer: {name: 'lb', detail: 'metallb.io/allow-shared-ip is the same'},
				reproduce: [`kubectl -n ${testbed.namespace} get services`],
			});
		for (const [name, port, key] of [
			['taken', 80, 'ours'],
			['stranger', 82, 'theirs'],
		] as const) {
			await service(testbed, wish(name, port, key));
			testbed.step(`Service ${name}, which must not share: ${await refused(testbed, name)}`);
			await testbed.kube.remove({apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: testbed.namespace}});
		}
		await Promise.all(['one', 'two'].map(async name => programmed(testbed, name)));
		const via = await announcerOf(testbed, ip);
		const to = [80, 81].map(port => ({ip, port, via}));
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections to each port of the address');
		await sendFlows(testbed, `Shared address ${ip}`, flows);
	},
);
