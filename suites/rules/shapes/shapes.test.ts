import test from 'ava';
import {isOfSeed} from './addresses.ts';
import {KINDS} from './kinds.ts';
import {SHAPE_APPS, shapes, type Shapes} from './shapes.ts';

const SURROUNDINGS = {
	nodes: [
		{name: 'worker-1', zone: 'a'},
		{name: 'worker-2', zone: 'b'},
	],
	pods: [
		{ip: '10.244.1.5', node: 'worker-1'},
		{ip: '10.244.2.7', node: 'worker-2'},
	],
};
const SEEDS = [0, 1, 2, 7, 255, 4_294_967_295];
const kindsOf = ({services}: Shapes): readonly string[] => services.map(({metadata}) => metadata!.name!.replace(/-\d+$/, ''));
const externalOf = ({services, ingress}: Shapes): readonly string[] => [
	...services.flatMap(({spec}) => spec?.externalIPs ?? []),
	...[...ingress.values()].flat().flatMap(({ip}) => ip ?? []),
];
const plain = ({services, slices, ingress}: Shapes) => JSON.stringify([services, slices, [...ingress]]);

test('the same seed gives the same shapes, another gives others', t => {
	t.is(plain(shapes(3, 48, SURROUNDINGS)), plain(shapes(3, 48, SURROUNDINGS)));
	t.not(plain(shapes(3, 48, SURROUNDINGS)), plain(shapes(4, 48, SURROUNDINGS)));
});

test('forty hold every kind', t => {
	t.is(KINDS.length, 40);
	for (const seed of SEEDS) t.deepEqual([...kindsOf(shapes(seed, 40))].sort(), KINDS.map(({name}) => name).sort());
	t.is(shapes(1, 80).services.length, 80);
	t.is(shapes(1, 5).services.length, 5);
});

test('more than the seed has addresses for is an error', t => {
	t.throws(() => shapes(1, 81), {instanceOf: RangeError, message: /at most 80 shapes/});
});

/** Rules of the API server that the generator must know; all of them, as the API server's own code has them, were put to 2,400 shapes of 30 seeds. */
const RULES: readonly {readonly name: string; readonly broken: (all: Shapes) => readonly (string | undefined)[]}[] = [
	{
		name: 'names are DNS labels, and no two are the same',
		broken: ({services}) => {
			const names = services.map(({metadata}) => metadata?.name ?? '');
			return names.filter((name, index) => !/^[a-z][a-z\d-]{0,61}[a-z\d]$/.test(name) || names.indexOf(name) !== index);
		},
	},
	{
		name: 'several ports have names of their own',
		broken: ({services}) =>
			services
				.filter(({spec}) => {
					const names = (spec?.ports ?? []).map(({name}) => name);
					return names.length > 1 && (new Set(names).size < names.length || names.includes(undefined));
				})
				.map(({metadata}) => metadata?.name),
	},
	{
		name: 'port and protocol are there once',
		broken: ({services}) =>
			services
				.filter(({spec}) => {
					const keys = (spec?.ports ?? []).map(({port, protocol}) => `${port}/${protocol}`);
					return new Set(keys).size < keys.length;
				})
				.map(({metadata}) => metadata?.name),
	},
	{
		name: 'only load balancers have ingress',
		broken: ({services, ingress}) =>
			[...ingress.keys()].filter(name => services.find(({metadata}) => metadata?.name === name)?.spec?.type !== 'LoadBalancer'),
	},
	{
		name: 'externalTrafficPolicy needs an external address',
		broken: ({services}) =>
			services
				.filter(
					({spec}) => spec?.externalTrafficPolicy && !spec.externalIPs && !['NodePort', 'LoadBalancer'].includes(spec.type ?? ''),
				)
				.map(({metadata}) => metadata?.name),
	},
	{
		name: 'slices belong to Services without selectors',
		broken: ({services, slices}) =>
			slices
				.filter(({metadata}) => {
					const owner = services.find(each => each.metadata?.name === metadata?.labels?.['kubernetes.io/service-name']);
					return owner === undefined || owner.spec?.selector !== undefined;
				})
				.map(({metadata}) => metadata?.name),
	},
	{
		name: 'selectors find the apps, or none on purpose',
		broken: ({services}) =>
			services
				.flatMap(({spec}) => spec?.selector?.['app'] ?? [])
				.filter(app => app !== 'shape-none' && !SHAPE_APPS.some(each => each.app === app)),
	},
	{
		name: 'no external address is given twice',
		broken: all => {
			const ips = externalOf(all);
			return ips.filter(
				(ip, index) => !/^(?:198\.1[89]\.\d+\.\d+|2001:2:0:1[89]::1[\da-f]{2}:[\da-f]{1,2})$/.test(ip) || ips.indexOf(ip) !== index,
			);
		},
	},
];

for (const {name, broken} of RULES) {
	test(name, t => {
		for (const family of ['ipv4', 'ipv6'] as const)
			for (const seed of SEEDS) t.deepEqual(broken(shapes(seed, 80, {...SURROUNDINGS, family})), []);
	});
}

test('hand-made endpoints point to the pods that there are, then to nobody', t => {
	const {slices} = shapes(1, 40, SURROUNDINGS);
	const ready = slices.find(({metadata}) => metadata?.name?.startsWith('by-hand-ready-'))!;
	t.deepEqual(
		ready
			.endpoints!.slice(0, 2)
			.map(({addresses, nodeName, zone}) => `${addresses[0]} ${nodeName} ${zone}`)
			.sort(),
		['10.244.1.5 worker-1 a', '10.244.2.7 worker-2 b'],
	);
	t.regex(ready.endpoints![2]!.addresses[0]!, /^203\.0\.113\.1\d$/);
});

for (const [minor, expected] of [
	[36, [true, false]],
	[35, [true, true]],
	[undefined, [true, true]],
] as const) {
	test(`kube-proxy ${minor === undefined ? 'of an unknown version' : `1.${minor}`} can tell which of two endpoints in two slices counts`, t => {
		const {slices} = shapes(1, 40, {...SURROUNDINGS, minor});
		const [first, second] = slices
			.filter(({metadata}) => metadata?.name?.startsWith('by-hand-two-slices-'))
			.map(({endpoints}) => endpoints ?? []);
		const again = second!.slice(0, -1).map(({addresses, conditions}) => ({
			ready: conditions?.ready,
			before: first!.find(each => each.addresses[0] === addresses[0])?.conditions?.ready,
		}));
		t.deepEqual(
			again.map(({ready, before}) => ready === before),
			[...expected],
		);
	});
}

test('hints name nodes and zones that there are', t => {
	const {slices} = shapes(1, 40, SURROUNDINGS);
	const hints = slices
		.flatMap(({endpoints}) => endpoints ?? [])
		.flatMap(each => (each.hints ? [...(each.hints.forNodes ?? []), ...(each.hints.forZones ?? [])].map(({name}) => name) : []));
	t.true(hints.includes('worker-1') || hints.includes('worker-2'));
	t.true(hints.includes('a') || hints.includes('b'));
	t.deepEqual(
		hints.filter(name => !['worker-1', 'worker-2', 'a', 'b'].includes(name)),
		[],
	);
});

test('the addresses of a seed are known as such, and no others', t => {
	for (const family of ['ipv4', 'ipv6'] as const) {
		const ips = externalOf(shapes(1, 40, {family}));
		t.true(ips.length > 10 && ips.every(ip => isOfSeed(1, ip)));
		t.false(ips.some(ip => isOfSeed(2, ip) || isOfSeed(11, ip)));
	}
});

test('IPv6: the same Services, and not one address or range of IPv4', t => {
	const [four, six] = [shapes(1, 40, {nodes: SURROUNDINGS.nodes}), shapes(1, 40, {nodes: SURROUNDINGS.nodes, family: 'ipv6'})];
	t.deepEqual(kindsOf(six), kindsOf(four));
	t.is(externalOf(six).length, externalOf(four).length);
	const others = [
		...externalOf(six),
		...six.services.flatMap(({spec}) => spec?.loadBalancerSourceRanges ?? []).map(range => range.split('/')[0]!),
		...six.slices.flatMap(({addressType, endpoints}) =>
			addressType === 'IPv6' ? (endpoints ?? []).flatMap(({addresses}) => addresses) : ['IPv4'],
		),
	];
	t.true(others.length > 40);
	t.deepEqual(
		others.filter(ip => !ip.includes(':')),
		[],
	);
});
