import test from 'ava';
import type {Target} from '../target.ts';
import {besideEachOther, seatsWith} from './targets.ts';

const target = (more: Partial<Target> = {}): Target => ({
	provider: 'embedded',
	mode: 'iptables',
	family: 'ipv4',
	version: '1.36.3',
	workers: 2,
	...more,
});
const two = [target(), target({mode: 'nftables'})];

for (const [name, targets, room, atOnce, why] of [
	['one', [target()], {cores: 1, freeMiB: 100}, 1, ''],
	['two small ones on two cores', two, {cores: 2, freeMiB: 20_000}, 2, '2 clusters side by side'],
	[
		'two of four nodes on two cores',
		two.map(one => ({...one, workers: 3})),
		{cores: 2, freeMiB: 20_000},
		1,
		'2 clusters, one after another (2 cores, 3 nodes on each at most)',
	],
	['little memory', two, {cores: 8, freeMiB: 3_000}, 1, '2 clusters, one after another (3000 MiB free, 2000 each)'],
	[
		'three, room for two',
		[...two, target({mode: 'ipvs'})],
		{cores: 2, freeMiB: 20_000},
		2,
		'3 clusters, 2 at a time (2 cores, 3 nodes on each at most)',
	],
	[
		'nodes with a kernel of their own count twice',
		[...two, target({mode: 'ipvs', nodeKernel: 'uml'})],
		{cores: 2, freeMiB: 20_000},
		1,
		'3 clusters, one after another (2 cores, 3 nodes on each at most)',
	],
] as const)
	test(`clusters side by side: ${name}`, t => {
		t.deepEqual(besideEachOther(targets, room), {atOnce, why});
	});

for (const [what, kernels, expected] of [
	['nodes that share the host', [undefined, 'host'], 3],
	['nodes with kernels of their own', ['uml'], 2],
	['both', ['host', 'uml-built'], 2],
] as const)
	test(`checks at a time on two cores: ${what}`, t => {
		t.is(
			seatsWith(
				3,
				kernels.map(nodeKernel => (nodeKernel ? {nodeKernel} : {})),
				{cores: 2},
			),
			expected,
		);
	});
