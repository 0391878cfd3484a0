import check from '../../lib/check/check.ts';
import type {Change} from '../../lib/change/command.ts';
import {proxyConfig} from '../../lib/change/proxy-config.ts';
import {Violation} from '../../lib/record/problem.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {soleAnnouncer, whoAnswers} from '../../lib/testbed/sole-announcer.ts';
import type {Testbed} from '../../lib/testbed/testbed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

/** kube-proxy sets the kernel's switches with strictARP on, and leaves them as they are with it off. */
const withoutStrictArp = async ({kube, nodes}: Testbed): Promise<Change> => {
	const change = await proxyConfig(kube, nodes, {ipvs: {strictARP: false}});
	const argv = ['sysctl', '-q', '-w', 'net.ipv4.conf.all.arp_ignore=0', 'net.ipv4.conf.all.arp_announce=0'];
	return {...change, make: [...change.make, ...nodes.map(({name: node}) => ({kind: 'run', node, argv}) as const)]};
};

export default check(
	{
		title:
			'In ipvs mode only the announcer of an address answers ARP with strictARP on, and with it off every node that has the ' +
			'address does',
		why:
			'Every node has the address on kube-ipvs0, and a kernel answers for all that it has (kubernetes#59976). Traffic then comes ' +
			'to any node, policy Local drops it there, and failover is decided by chance.',
		refs: ['https://metallb.io/installation/#preparation', 'https://github.com/kubernetes/kubernetes/issues/59976'],
		modes: ['ipvs'],
		families: ['ipv4'],
		needs: ['node-access', 'proxy-pods', 'outside-host', 'metallb'],
		budgetMs: 120_000,
		exclusive: ['proxy', 'node'],
		faults: ['second-arp-responder'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {ip} = await balancedByPool(testbed, {name: 'echo', selector: {app: 'echo'}, ports});
		const watch = await watchArp(testbed, [ip]);
		try {
			await testbed.change(await proxyConfig(testbed.kube, testbed.nodes, {ipvs: {strictARP: true}}));
			const node = await announcedBy(testbed, watch, ip);
			await testbed.settled();
			await soleAnnouncer(testbed, watch, ip, node);

			testbed.step('strictARP is switched off');
			await testbed.change(await withoutStrictArp(testbed));
			const answers = await whoAnswers(testbed, watch, ip);
			testbed.grid({
				title: `Answers for ${ip} with strictARP off`,
				columns: ['of 30 questions'],
				rows: answers.map(({mac, node: name = 'no node', count}) => ({
					name: `${name} (${mac})`,
					cells: [{mark: '.', text: String(count)}],
				})),
			});
			if (answers.length > 1) return;
			throw new Violation({
				summary: `with strictARP off only one machine answers ARP for ${ip}`,
				expected: 'answers of every node that has the address on kube-ipvs0',
				observed: answers.map(({node: name = 'no node'}) => name).join(', ') || 'no answer',
				layer: {name: 'sysctl', detail: 'net.ipv4.conf.all.arp_ignore'},
				reproduce: [`arping -D -c 3 -I eth0 ${ip}   # on the host outside`, 'sysctl net.ipv4.conf.all.arp_ignore   # on a node'],
			});
		} finally {
			await watch.close();
		}
	},
);
