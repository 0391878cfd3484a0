import check from '../../lib/check/check.ts';
import {DUMMY} from '../../lib/model/rules/ipvs/addresses.ts';
import {answersArp, answersPing, TRAITS} from '../../lib/model/modes/traits.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {readState} from '../../lib/testbed/cluster-state.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {answersPingVia, neighbourOf} from '../../lib/testbed/on-wire.ts';

const not = (is: boolean): string => (is ? '' : 'not ');

export default check(
	{
		title: "A ClusterIP is on no interface and answers neither ARP nor ping, but for what ipvs mode's kube-ipvs0 brings",
		why:
			'A machine that answers ARP for a cluster address draws its traffic to one node or to a stranger, and alarms for duplicate ' +
			'addresses go off. Silence to ping is normal, and is often taken for an outage.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/README.md',
		],
		needs: ['node-access', 'outside-host'],
		uses: ['proxy'],
		faults: ['vip-on-interface'],
	},
	async testbed => {
		const {mode} = testbed;
		const {clusterIp} = await echoService(testbed, {replicas: 1, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const {minor, proxy} = await readState(testbed);
		const must = {
			on: TRAITS[mode].bindsAddresses ? DUMMY : 'no interface',
			arp: answersArp(mode, proxy.ipvs?.strictARP ?? false),
			ping: answersPing(mode, minor),
		};
		await testbed.settled();

		testbed.step('who answers ARP on the segment, and ping by each node; and the interfaces of every node');
		const mac = await neighbourOf(testbed, clusterIp);
		const pings = new Map<string, boolean>();
		for (const node of testbed.nodes) pings.set(node.name, await answersPingVia(testbed, clusterIp, node));
		const seen = await ofEachNode(testbed, ['addresses', 'links'], ({addresses, links}, {name}) => {
			if (!addresses.ok || !links.ok) return {text: '?', wrong: 'its interfaces are not known'};
			const devices = addresses.value.items.filter(({address}) => address === clusterIp).map(({device}) => device);
			const on = devices.join(', ') || 'no interface';
			const arp = mac !== undefined && links.value.items.some(link => link.mac === mac);
			const ping = pings.get(name) ?? false;
			const wrong = [
				...(on === must.on ? [] : [`${clusterIp} is on ${on}`]),
				// Where nodes do answer, any one of them is heard.
				...(arp && !must.arp ? [`its ${mac} answers for ${clusterIp} on the segment`] : []),
				...(ping === must.ping ? [] : [`${clusterIp} does ${not(ping)}answer ping by it`]),
			].join(', ');
			return {text: `on ${on}, does ${not(arp)}answer ARP, does ${not(ping)}answer ping`, wrong: wrong || undefined};
		});
		const expected = `${clusterIp} on ${must.on}; ARP is ${not(must.arp)}answered; ping is ${not(must.ping)}answered`;
		judgeNodes(testbed, {title: 'On the wire', expected, layer: 'link', reproduce: `ip addr show to ${clusterIp}`}, seen);
	},
);
