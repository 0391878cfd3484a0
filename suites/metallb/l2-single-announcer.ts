import check from '../../lib/check/check.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {soleAnnouncer} from '../../lib/testbed/sole-announcer.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'Exactly one machine on the segment answers ARP for the address of a load balancer: one of the nodes',
		why:
			"Two machines that answer take the clients from each other, and connections break whenever a neighbour's cache flips. " +
			'Duplicate addresses, a second MetalLB and ipvs without strictARP do it; arping shows two MACs.',
		refs: ['https://metallb.io/concepts/layer2/', 'https://www.rfc-editor.org/rfc/rfc5227'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node'],
		faults: ['speakers-stopped', 'second-arp-responder'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {ip} = await balancedByPool(testbed, {name: 'echo', selector: {app: 'echo'}, ports});
		const watch = await watchArp(testbed, [ip]);
		try {
			const node = await announcedBy(testbed, watch, ip);
			await testbed.settled();
			await soleAnnouncer(testbed, watch, ip, node);
		} finally {
			await watch.close();
		}
	},
);
