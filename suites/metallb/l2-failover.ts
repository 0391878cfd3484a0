import check from '../../lib/check/check.ts';
import {killDaemon} from '../../lib/change/daemon.ts';
import {cutLink, killNode} from '../../lib/change/domain.ts';
import {drainNode} from '../../lib/change/drain.ts';
import {failover} from '../../lib/testbed/failover.ts';
import {balancedByPool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

const NEEDS = ['node-access', 'outside-host', 'metallb'] as const;

export default check(
	{
		title: 'When the node that announces an address fails, another one serves it within 10 s, and the segment is told',
		refs: ['https://metallb.io/concepts/layer2/#limitations', 'https://github.com/metallb/metallb/issues/172'],
		families: ['ipv4'],
		needs: NEEDS,
		budgetMs: 400_000,
		exclusive: ['cluster'],
		rows: {
			'speaker-killed': {
				title: 'Its speaker is killed',
				why:
					'The OOM killer or an upgrade takes a speaker away while its node works on. Until a speaker answers ARP again, ' +
					'clients with a fresh cache go on and all others find nobody, so the outage looks partial and random.',
				faults: ['speakers-stopped'],
			},
			'link-cut': {
				title: "The node's link is cut",
				why:
					'A node that is cut off cannot withdraw: the others have to notice its silence. Until they do, and until routers ' +
					'have heard the new MAC, every Service of its addresses is down for users outside.',
				needs: [...NEEDS, 'node-domain'],
			},
			'node-killed': {
				title: 'The node loses its power',
				why:
					'A loss of power takes announcer and endpoints together. The address moves within seconds, and a share of the ' +
					'requests still goes to dead endpoints until Kubernetes gives the node up, most of a minute later.',
				needs: [...NEEDS, 'node-domain'],
			},
			'node-drained': {
				title: 'The node is drained, and left out by load balancers',
				why:
					'Planned maintenance should cost nobody a connection. A drain moves pods, not announcements: where the address ' +
					'stays with the node, every patch window is an outage for users outside.',
			},
		},
		faults: ['garp-blocked'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const port = 80;
		const wish = {name: 'echo', selector: {app: 'echo'}, ports: [{name: 'http', port, targetPort: 8080}]};
		// A worker announces, so that an endpoint fails with the announcer.
		const {ip} = await balancedByPool(testbed, wish, {nodes: testbed.workers.map(({name}) => name)});
		await programmed(testbed, 'echo');
		const address = {service: 'echo', ip, port};
		await testbed.settled();

		await testbed.row('speaker-killed', async recorder =>
			failover(testbed, recorder, {
				...address,
				change: ({name}) => ({name: `the speaker of ${name} is killed`, make: [killDaemon(name, 'speaker')], undo: []}),
			}),
		);
		await testbed.row('link-cut', async recorder =>
			failover(testbed, recorder, {...address, moves: true, dead: true, change: cutLink}),
		);
		await testbed.row('node-killed', async recorder =>
			failover(testbed, recorder, {...address, moves: true, dead: true, untilUnlisted: true, change: killNode}),
		);
		await testbed.row('node-drained', async recorder =>
			failover(testbed, recorder, {
				...address,
				moves: true,
				async change(node) {
					const {items} = await kube.core.listNamespacedPod({namespace, fieldSelector: `spec.nodeName=${node.name}`});
					return drainNode(
						node,
						items.map(({metadata}) => ({namespace, name: metadata?.name ?? ''})),
					);
				},
			}),
		);
	},
);
