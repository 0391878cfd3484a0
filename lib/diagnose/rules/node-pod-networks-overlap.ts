import {canonicalCidr, cidrHolds} from '../../model/address.ts';
import {rule, type Finding} from '../rule.ts';
import {rangesOf} from '../views/addresses.ts';
import {aboutNode, fullName, kubectl} from '../views/objects.ts';

const overlap = (a: string, b: string): boolean => cidrHolds(a, b.split('/')[0] ?? '') || cidrHolds(b, a.split('/')[0] ?? '');

export default rule({
	title: "The pods' networks of the nodes, the ranges of Services and the nodes' addresses do not overlap",
	severity: 'error',
	layer: 'cni',
	why:
		'Where two nodes have the same pod network, the routes to one of them are lost; where it overlaps the range of Services, a ' +
		'pod has the address of a Service and is not reached through any.',
	verify: ['kubectl get nodes -o jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDRs}{"\\n"}{end}', 'kubectl get servicecidrs'],
	fix: 'Give the cluster networks that are apart; a podCIDR of a node cannot be changed, so the node must be made anew.',
	refs: ['https://kubernetes.io/docs/concepts/cluster-administration/networking/'],
	steps: [44, 65],
	needs: ['nodes'],
	sees: ['serviceCIDRs'],
	evaluate({nodes, serviceCIDRs = []}): readonly Finding[] {
		const all = nodes.flatMap(node =>
			(node.spec?.podCIDRs ?? []).flatMap(text => canonicalCidr(text) ?? []).map(cidr => ({node, cidr})),
		);
		const others = [
			...rangesOf(serviceCIDRs).map(cidr => ({cidr, what: `the range of Services ${cidr}`})),
			...nodes.flatMap(({metadata, status}) =>
				(status?.addresses ?? [])
					.filter(({type}) => type === 'InternalIP')
					.map(({address}) => ({
						cidr: `${address}/${address.includes(':') ? 128 : 32}`,
						what: `the address ${address} of node ${metadata?.name}`,
					})),
			),
		];
		return all.flatMap(({node, cidr}, index): readonly Finding[] => {
			const twin = all.slice(0, index).find(other => other.node !== node && overlap(other.cidr, cidr));
			const other = twin ? `the pods of ${fullName(twin.node)} (${twin.cidr})` : others.find(each => overlap(each.cidr, cidr))?.what;
			if (other === undefined) return [];
			return [
				{
					about: aboutNode(node),
					summary: `the network ${cidr} of the pods of ${fullName(node)} overlaps ${other}`,
					evidence: [{from: `Node ${fullName(node)} .spec.podCIDRs`, text: cidr}],
					fix: 'make the node anew with a network of its own',
					verify: [kubectl('get', 'node', node, '-o jsonpath={.spec.podCIDRs}')],
				},
			];
		});
	},
});
