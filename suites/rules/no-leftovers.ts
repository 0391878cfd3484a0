import check from '../../lib/check/check.ts';
import {leftoversOn} from './exact/leftovers.ts';
import {Violation} from '../../lib/record/problem.ts';

export default check(
	{
		title:
			'No node holds rules of another kube-proxy mode than its own: neither chains, tables, sets nor virtual servers, in ' +
			'either family',
		why:
			'Rules of a former mode go on translating, to pods that were deleted long ago, on nodes that were not rebooted since. It ' +
			'shows weeks after a migration, when other pods have got those addresses.',
		refs: [
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/cleanup.go',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/cleanup.go',
		],
		needs: ['node-access'],
		faults: ['leftovers'],
	},
	async testbed => {
		await testbed.settled();
		testbed.step('rules, sets, virtual servers and interfaces of every node');
		const found = await Promise.all(
			testbed.nodes.map(async node => ({node: node.name, left: await leftoversOn(node, testbed.mode, testbed.signal)})),
		);
		testbed.grid({
			title: 'Leftovers',
			columns: ['of other modes'],
			rows: found.map(({node, left}) => ({name: node, cells: [{mark: left.length === 0 ? '.' : 'X', text: String(left.length)}]})),
		});
		const bad = found.filter(({left}) => left.length > 0);
		if (bad.length === 0) return;
		const nodes = bad.map(({node}) => node);
		throw new Violation({
			summary: `rules of another mode than ${testbed.mode} on ${nodes.join(', ')}`,
			expected: `nothing of kube-proxy but what its mode ${testbed.mode} makes`,
			observed: bad
				.map(({node, left}) => `${node}: ${left.slice(0, 8).join(', ')}${left.length > 8 ? ` and ${left.length - 8} more` : ''}`)
				.join('\n'),
			layer: {name: 'rules', detail: `${bad[0]?.node}: ${bad[0]?.left[0]}`},
			nodes,
			reproduce: nodes.map(node => `iptables-save; nft list tables; ipset list -n   # on ${node}`),
		});
	},
);
