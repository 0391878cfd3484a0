import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {excludeFromBalancers} from '../../lib/change/drain.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {soleAnnouncer} from '../../lib/testbed/sole-announcer.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';
import type {TestNode} from '../../lib/testbed/testbed.ts';

export default check(
	{
		title: 'Only nodes that the advertisement selects announce an address, and of those none that is labelled to be left out',
		why:
			'Often only some nodes may carry traffic from outside, for their uplinks or firewalls. An address that is announced ' +
			'elsewhere is dead there, and a node in maintenance that still announces takes its addresses down.',
		refs: [
			'https://metallb.io/configuration/_advanced_l2_configuration/',
			'https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers',
		],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		exclusive: ['node'],
		faults: ['speakers-stopped'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const chosen = testbed.workers.slice(0, 2);
		await makePool(testbed, {nodes: chosen.map(({name}) => name)});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {ip} = await balanced(testbed, {name: 'echo', selector: {app: 'echo'}, ports});
		const watch = await watchArp(testbed, [ip]);
		const mustBe = (announcer: TestNode, allowed: readonly TestNode[]): void => {
			if (allowed.includes(announcer)) return;
			throw new Violation({
				summary: `${announcer.name} announces ${ip}, and may not`,
				expected: `one of ${allowed.map(({name}) => name).join(', ')}`,
				observed: announcer.name,
				layer: {name: 'lb', detail: `${announcer.name} is not selected, or is left out`},
				nodes: [announcer.name],
				reproduce: ['kubectl -n metallb-system get l2advertisements -o yaml', 'kubectl get nodes --show-labels'],
			});
		};
		try {
			const first = await announcedBy(testbed, watch, ip);
			mustBe(first, chosen);
			await testbed.settled();
			await soleAnnouncer(testbed, watch, ip, first);
			if (chosen.length < 2) return;

			testbed.step(`${first.name} is labelled to be left out`);
			await testbed.change(excludeFromBalancers(first));
			const rest = chosen.filter(node => node !== first);
			await announcedBy(testbed, watch, ip, {among: rest});
		} finally {
			await watch.close();
		}
	},
);
