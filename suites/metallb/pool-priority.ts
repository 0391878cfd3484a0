import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title:
			'Of several pools for a Service the one with the lowest number comes first, then the next, and one without autoAssign ' +
			'only by its name',
		why:
			'Pools are public and private, costly and free. A Service with an address of the wrong one is exposed by mistake or cannot ' +
			'be reached, and reserved addresses are gone when they are needed.',
		refs: ['https://metallb.io/configuration/_advanced_ipaddresspool_configuration/'],
		families: ['ipv4'],
		needs: ['outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['metallb-controller-gone'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 1});
		const pools = {
			first: await makePool(testbed, {suffix: '-a', priority: 10}),
			second: await makePool(testbed, {suffix: '-b', priority: 20}),
			byName: await makePool(testbed, {suffix: '-c', priority: 1, autoAssign: false}),
		};
		await testbed.settled();

		testbed.step('three Services, one after the other');
		for (const [name, pool] of Object.entries(pools)) {
			const {ip} = await balanced(testbed, {
				name: name.toLowerCase(),
				selector: {app: 'echo'},
				ports: [{name: 'http', port: 80, targetPort: 8080}],
				...(name === 'byName' && {annotations: {'metallb.io/address-pool': pool.name}}),
			});
			if (pool.addresses.includes(ip)) continue;
			throw new Violation({
				summary: `Service ${name.toLowerCase()} got an address of the wrong pool`,
				expected: `${pool.addresses.join(', ')} of ${pool.name}`,
				observed: ip,
				layer: {
					name: 'lb',
					detail: `pools by priority: ${Object.values(pools)
						.map(one => one.name)
						.join(', ')}`,
				},
				reproduce: ['kubectl -n metallb-system get ipaddresspools -o yaml'],
			});
		}
	},
);
