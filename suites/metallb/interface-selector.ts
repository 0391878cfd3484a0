import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {deviceOf} from '../../lib/testbed/on-link.ts';
import {soleAnnouncer, whoAnswers} from '../../lib/testbed/sole-announcer.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

/** An interface that no node has. */
const NOWHERE = 'vipcheck-none';

export default check(
	{
		title: 'An address is announced on the interfaces that its advertisement names, and not at all where no node has one of them',
		why:
			'Nodes with several networks must announce on the one where the clients are. A name that does not fit, after an upgrade ' +
			'that renames interfaces for instance, leaves a Service with an address that nobody answers for.',
		refs: ['https://metallb.io/configuration/_advanced_l2_configuration/#specify-network-interfaces-that-lb-ip-can-be-announced-from'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['speakers-stopped', 'second-arp-responder'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const devices = await Promise.all(testbed.nodes.map(async node => deviceOf(node, testbed.signal)));
		const pools = {
			here: await makePool(testbed, {suffix: '-here', interfaces: [...new Set(devices)]}),
			nowhere: await makePool(testbed, {suffix: '-nowhere', interfaces: [NOWHERE]}),
		};
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const of = async (name: keyof typeof pools): Promise<string> => {
			const annotations = {'metallb.io/address-pool': pools[name].name};
			return (await balanced(testbed, {name, selector: {app: 'echo'}, ports, annotations})).ip;
		};
		const [here, nowhere] = [await of('here'), await of('nowhere')];
		const watch = await watchArp(testbed, [here, nowhere]);
		try {
			const node = await announcedBy(testbed, watch, here);
			await testbed.settled();
			await soleAnnouncer(testbed, watch, here, node);
			const wrong = await whoAnswers(testbed, watch, nowhere);
			if (wrong.length === 0) return;
			throw new Violation({
				summary: `${nowhere} is announced, and its advertisement names ${NOWHERE} alone`,
				expected: 'nobody answers ARP for it',
				observed: wrong.map(({mac, node: name = 'no node'}) => `${name} (${mac})`).join(', '),
				layer: {name: 'lb', detail: `L2Advertisement ${pools.nowhere.name} names the interface ${NOWHERE}`},
				reproduce: [
					'kubectl -n metallb-system get l2advertisements -o yaml',
					`arping -D -c 3 -I eth0 ${nowhere}   # on the host outside`,
				],
			});
		} finally {
			await watch.close();
		}
	},
);
