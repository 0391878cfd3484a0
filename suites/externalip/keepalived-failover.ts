import check from '../../lib/check/check.ts';
import type {Change} from '../../lib/change/command.ts';
import {cutLink, killNode} from '../../lib/change/domain.ts';
import {keepalived} from '../../lib/change/keepalived.ts';
import {proxyConfig} from '../../lib/change/proxy-config.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {failover} from '../../lib/testbed/failover.ts';
import {deviceOf, reachedOnLink} from '../../lib/testbed/on-link.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {soleAnnouncer} from '../../lib/testbed/sole-announcer.ts';
import type {TestNode} from '../../lib/testbed/testbed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const NEEDS = ['node-access', 'outside-host', 'keepalived'] as const;

export default check(
	{
		title: 'An external IP that keepalived carries on two nodes is served by one of them, and by the other within 10 s when it fails',
		refs: ['https://www.rfc-editor.org/rfc/rfc9568', 'https://manpages.debian.org/bookworm/keepalived/keepalived.conf.5.en.html'],
		families: ['ipv4'],
		needs: NEEDS,
		budgetMs: 300_000,
		exclusive: ['cluster'],
		rows: {
			'one-carrier': {
				title: 'One of the two nodes answers ARP for it, and nobody else',
				why:
					'Two masters, for want of VRRP between them, take the clients from each other, and half of the connections break. In ' +
					'ipvs mode every node answers unless strictARP is on, and keepalived gets the blame.',
				faults: ['second-arp-responder'],
			},
			'link-cut': {
				title: "The carrier's link is cut: the other node serves within 10 s",
				why:
					'A cut-off master goes on believing that it is one. The other takes over after three silent seconds, and clients ' +
					'follow once they hear its ARP; how that compares with MetalLB decides what small clusters use.',
				needs: [...NEEDS, 'node-domain'],
			},
			'node-killed': {
				title: 'The carrier loses its power: the other node serves within 10 s',
				why:
					'Without a load balancer this is what keeps a cluster reachable when its entry node dies. Beside the switch of the ' +
					'address, requests are lost to the pods of the dead node for most of a minute.',
				needs: [...NEEDS, 'node-domain'],
			},
		},
		faults: ['garp-blocked'],
	},
	async testbed => {
		const [first, second = first] = testbed.workers;
		if (TRAITS[testbed.mode].bindsAddresses)
			await testbed.change(await proxyConfig(testbed.kube, testbed.nodes, {ipvs: {strictARP: true}}));
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const [ip = ''] = await testbed.lease('external-ip', 1);
		const port = 80;
		const ports = [{name: 'http', port, targetPort: 8080}];
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, externalIPs: [ip], ports});
		await programmed(testbed, 'echo');
		const carrier = async (node: TestNode) => ({name: node.name, ip: node.ip, device: await deviceOf(node, testbed.signal)});
		const carried = keepalived(ip, await carrier(first), await carrier(second));
		await testbed.change(carried);
		await reachedOnLink(testbed, [ip]);
		const watch = await watchArp(testbed, [ip]);
		try {
			await announcedBy(testbed, watch, ip, {among: [first]});
			await testbed.settled();
			await testbed.row('one-carrier', async recorder => soleAnnouncer({...testbed, ...recorder}, watch, ip, first));
		} finally {
			await watch.close();
		}
		const fails = {
			service: 'echo',
			ip,
			port,
			moves: true,
			dead: true,
			reproduce: ['cat /run/vipcheck-keepalived/log   # on the two nodes'],
		} as const;
		await testbed.row('link-cut', async recorder => failover(testbed, recorder, {...fails, change: cutLink}));
		await testbed.row('node-killed', async recorder =>
			failover(testbed, recorder, {
				...fails,
				untilUnlisted: true,
				change(node): Change {
					const killed = killNode(node);
					return {...killed, undo: [...killed.undo, carried.again]};
				},
			}),
		);
	},
);
