import test from 'ava';
import {categorize, type NodeView} from './categorize.ts';
import {DRAINING, kept, servicePort} from './fixtures/objects.ts';
import type {Endpoint, ServicePort} from './state.ts';

/** Scenarios of kube-proxy's own TestCategorizeEndpoints (pkg/proxy/topology_test.go): last bytes of the addresses. Left out: the policy is not in use. */
type Row = {
	readonly name: string;
	readonly port?: Partial<ServicePort>;
	readonly node?: Partial<NodeView>;
	readonly endpoints: Readonly<Record<number, Partial<Endpoint>>>;
	readonly cluster?: readonly number[];
	readonly local?: readonly number[];
	/** Left out: the one policy's. */
	readonly reachable?: readonly number[];
	readonly hasAny: boolean;
};

const zones = (...zoneHints: string[]): Partial<Endpoint> => ({zoneHints});
const both = (zone: string, node: string): Partial<Endpoint> => ({zoneHints: [zone], nodeHints: [node]});
const LOCAL = {local: true};
const NOT_READY = {ready: false, serving: false};
const ETP_LOCAL = {externalLocal: true, external: true};
const ITP_LOCAL = {internalLocal: true, external: true};

const ROWS: readonly Row[] = [
	{
		name: 'hints are used when all have them and some are for our zone',
		node: {zone: 'a'},
		endpoints: {3: zones('a'), 4: zones('b'), 5: zones('c'), 6: zones('a')},
		cluster: [3, 6],
		hasAny: true,
	},
	{
		name: 'external Local ignores hints for local endpoints',
		port: ETP_LOCAL,
		node: {zone: 'a'},
		endpoints: {3: {...zones('a'), local: true}, 4: {...zones('b'), local: true}, 5: zones('c'), 6: zones('a')},
		cluster: [3, 6],
		local: [3, 4],
		reachable: [3, 4, 6],
		hasAny: true,
	},
	{
		name: 'internal Local ignores hints for local endpoints',
		port: ITP_LOCAL,
		node: {zone: 'a'},
		endpoints: {3: {...zones('a'), local: true}, 4: {...zones('b'), local: true}, 5: zones('c'), 6: zones('a')},
		cluster: [3, 6],
		local: [3, 4],
		reachable: [3, 4, 6],
		hasAny: true,
	},
	{name: 'no zone on the node', endpoints: {3: zones('a')}, cluster: [3], hasAny: true},
	{name: 'an empty zone on the node', node: {zone: ''}, endpoints: {3: zones('a')}, cluster: [3], hasAny: true},
	{name: 'hints for another zone only', node: {zone: 'b'}, endpoints: {3: zones('a')}, cluster: [3], hasAny: true},
	{
		name: 'endpoints that are not ready stay out',
		node: {zone: 'a'},
		endpoints: {3: zones('a'), 4: zones('b'), 5: zones('c'), 6: {...zones('a'), ready: false}},
		cluster: [3],
		hasAny: true,
	},
	{
		name: 'only endpoints that are not ready in our zone',
		node: {zone: 'a'},
		endpoints: {3: {...zones('a'), ready: false}, 4: zones('b'), 5: zones('c'), 6: {...zones('a'), ready: false}},
		cluster: [4, 5],
		hasAny: true,
	},
	{
		name: 'one ready endpoint without hints switches hints off',
		node: {zone: 'a'},
		endpoints: {3: zones('a'), 4: zones('b'), 5: {}, 6: zones('a')},
		cluster: [3, 4, 5, 6],
		hasAny: true,
	},
	{
		name: 'several zones for an endpoint',
		node: {zone: 'c'},
		endpoints: {3: zones('a', 'b', 'c'), 4: zones('b', 'c'), 5: zones('b', 'd'), 6: zones('c')},
		cluster: [3, 4, 6],
		hasAny: true,
	},
	{
		name: 'hints for our node go before those for our zone',
		node: {zone: 'a', name: 'n1'},
		endpoints: {3: both('a', 'n1'), 4: both('b', 'n2'), 5: both('c', 'n3'), 6: both('a', 'n4')},
		cluster: [3],
		hasAny: true,
	},
	{
		name: 'node hints are switched off by one endpoint without any',
		node: {zone: 'a', name: 'n1'},
		endpoints: {3: both('a', 'n1'), 4: {}, 5: both('c', 'n3'), 6: both('a', 'n4')},
		cluster: [3, 4, 5, 6],
		hasAny: true,
	},
	{
		name: 'no endpoint for our node: our zone',
		node: {zone: 'a', name: 'n0'},
		endpoints: {3: both('a', 'n1'), 4: both('b', 'n2'), 5: both('c', 'n3'), 6: both('a', 'n4')},
		cluster: [3, 6],
		hasAny: true,
	},
	{
		name: 'no endpoint for our node, one without a zone: all',
		node: {zone: 'a', name: 'n0'},
		endpoints: {3: both('a', 'n1'), 4: {nodeHints: ['n2']}},
		cluster: [3, 4],
		hasAny: true,
	},
	{
		name: 'policies and hints that disagree are merged',
		port: ETP_LOCAL,
		node: {zone: 'a'},
		endpoints: {0: {...zones('a'), local: true}, 1: {...zones('b'), local: true}, 2: zones('a'), 3: zones('b')},
		cluster: [0, 2],
		local: [0, 1],
		reachable: [0, 1, 2],
		hasAny: true,
	},
	{name: 'internal Local, no endpoint', port: {internalLocal: true}, endpoints: {}, local: [], hasAny: false},
	{name: 'internal Local, all remote', port: {internalLocal: true}, endpoints: {0: {}, 1: {}}, local: [], hasAny: true},
	{name: 'internal Local, all local', port: {internalLocal: true}, endpoints: {0: LOCAL, 1: LOCAL}, local: [0, 1], hasAny: true},
	{name: 'internal Local, some local', port: {internalLocal: true}, endpoints: {0: LOCAL, 1: {}}, local: [0], hasAny: true},
	{name: 'Cluster, none ready', endpoints: {0: NOT_READY, 1: NOT_READY}, cluster: [], hasAny: false},
	{name: 'Cluster, some ready', endpoints: {0: NOT_READY, 1: {}}, cluster: [1], hasAny: true},
	{name: 'Cluster, all terminating', endpoints: {0: {...DRAINING, local: true}, 1: DRAINING}, cluster: [0, 1], hasAny: true},
	{name: 'Cluster, one ready: terminating ones get nothing', endpoints: {0: {}, 1: DRAINING}, cluster: [0], hasAny: true},
	{name: 'Cluster, terminating and no longer serving', endpoints: {0: {...DRAINING, serving: false}}, cluster: [], hasAny: false},
	{
		name: 'Cluster, all terminating: hints do not count',
		node: {zone: 'a'},
		endpoints: {0: {...DRAINING, zoneHints: ['a']}, 1: {...DRAINING, zoneHints: ['b']}},
		cluster: [0, 1],
		hasAny: true,
	},
	{
		name: 'internal Local, external Cluster, some local',
		port: ITP_LOCAL,
		endpoints: {0: LOCAL, 1: {}},
		cluster: [0, 1],
		local: [0],
		reachable: [0, 1],
		hasAny: true,
	},
	{
		name: 'internal Cluster, external Local, some local',
		port: ETP_LOCAL,
		endpoints: {0: LOCAL, 1: {}},
		cluster: [0, 1],
		local: [0],
		reachable: [0, 1],
		hasAny: true,
	},
	{
		name: 'both Local, some local',
		port: {...ETP_LOCAL, ...ITP_LOCAL},
		endpoints: {0: LOCAL, 1: {}},
		cluster: [0, 1],
		local: [0],
		reachable: [0, 1],
		hasAny: true,
	},
	{
		name: 'both Local, all remote',
		port: {...ETP_LOCAL, ...ITP_LOCAL},
		endpoints: {0: {}, 1: {}},
		cluster: [0, 1],
		local: [],
		reachable: [0, 1],
		hasAny: true,
	},
	{
		name: 'both Local, all remote and terminating',
		port: {...ETP_LOCAL, ...ITP_LOCAL},
		endpoints: {0: DRAINING, 1: DRAINING},
		cluster: [0, 1],
		local: [],
		reachable: [0, 1],
		hasAny: true,
	},
	{
		name: 'external Local, a local one terminates while a remote one is ready',
		port: ETP_LOCAL,
		endpoints: {0: {}, 1: {...NOT_READY, local: true}, 2: {...DRAINING, local: true}, 3: DRAINING},
		cluster: [0],
		local: [2],
		reachable: [0, 2],
		hasAny: true,
	},
	{
		name: 'external Local means nothing without an external address',
		port: {externalLocal: true},
		endpoints: {0: {}, 1: LOCAL},
		cluster: [0, 1],
		hasAny: true,
	},
	{
		name: 'internal Local without an external address uses local ones alone',
		port: {internalLocal: true},
		endpoints: {0: {}, 1: LOCAL},
		local: [1],
		hasAny: true,
	},
	{name: 'no endpoint', endpoints: {}, cluster: [], hasAny: false},
	{name: 'neither ready nor serving nor terminating', node: {zone: 'a'}, endpoints: {0: NOT_READY}, cluster: [], hasAny: false},
];

const ipOf = (last: number): string => `10.1.2.${last}`;

for (const {name, port, node, endpoints, cluster, local, reachable = cluster ?? local, hasAny} of ROWS) {
	test(name, t => {
		const all = Object.entries(endpoints).map(([last, wish]) => kept(ipOf(Number(last)), wish));
		const found = categorize(servicePort({...port, endpoints: all}), {name: 'n0', ...node});
		t.deepEqual(
			{
				cluster: found.cluster?.map(({ip}) => ip),
				local: found.local?.map(({ip}) => ip),
				reachable: found.reachable.map(({ip}) => ip),
				hasAny: found.hasAny,
			},
			{
				cluster: cluster?.map(last => ipOf(last)),
				local: local?.map(last => ipOf(last)),
				reachable: reachable?.map(last => ipOf(last)),
				hasAny,
			},
		);
	});
}
