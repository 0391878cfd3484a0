import {cidrHolds} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {seenNodes, seenOn, sysctlOf} from '../views/nodes.ts';

const KEY = 'net.bridge.bridge-nf-call-iptables';

export default rule({
	title: 'Where pods are on a bridge, its packets meet the rules',
	severity: 'error',
	layer: 'sysctl',
	why:
		'A pod that reaches another of its node through a Service gets the answer over the bridge. Without bridge-nf-call-iptables ' +
		'the rules that turn its address back never see it: timeouts, on the same node only.',
	verify: [`sysctl ${KEY}`, 'lsmod | grep br_netfilter'],
	fix: `modprobe br_netfilter; sysctl -w ${KEY}=1`,
	refs: ['https://kubernetes.io/docs/setup/production-environment/container-runtimes/'],
	steps: [56],
	looks: ['sysctls', 'links', 'addresses'],
	needs: ['nodeEvidence', 'nodes'],
	evaluate: ({nodeEvidence, nodes}) =>
		seenNodes(nodeEvidence).flatMap((node): readonly Finding[] => {
			const {links, addresses} = node.facts;
			if (!links.ok || !addresses.ok || sysctlOf(node, KEY) !== '0') return [];
			const cidrs = nodes.find(({metadata}) => metadata?.name === node.name)?.spec?.podCIDRs ?? [];
			const bridges = links.value.items.filter(({kind}) => kind === 'bridge').map(({name}) => name);
			const bridge = addresses.value.items.find(
				({device, address}) => bridges.includes(device) && cidrs.some(cidr => cidrHolds(cidr, address)),
			);
			if (!bridge) return [];
			return [
				{
					about: `Node ${node.name}`,
					summary:
						`${KEY} is 0 on ${node.name}, whose pods are on the bridge ${bridge.device}: they do not reach each other by ` +
						'a Service',
					evidence: [{from: seenOn(node, 'sysctl'), text: `${KEY} = 0`}],
					fix: `on ${node.name}: sysctl -w ${KEY}=1`,
					verify: [`sysctl ${KEY}`],
				},
			];
		}),
});
