import test from 'ava';
import {NODE, NODE_IP_2, testState} from '../model/fixtures/flow.ts';
import {endpoint, node, service, slice} from '../model/fixtures/objects.ts';
import {recordedState} from '../model/rules/fixtures/recorded.ts';
import {tuplesOf} from './tuples.ts';

const recorded = recordedState('iptables');
const make = (count: number, seed = 1) => tuplesOf(recorded, 'worker-1', {count, seed, localAddresses: ['10.244.1.1']});

test('the same seed gives the same packets, another one others', t => {
	t.deepEqual(make(500), make(500));
	t.notDeepEqual(make(500), make(500, 2));
});

for (const count of [0, 1, 2500, 20_000]) {
	test(`as many as asked for, all different: ${count}`, t => {
		const tuples = make(count);
		t.is(new Set(tuples.map(({packet}) => JSON.stringify(packet))).size, count);
		t.is(tuples.length, count);
	});
}

test('every Service port that kube-proxy serves, at every address', t => {
	const about = new Set(make(1200).map(each => each.about));
	for (const wanted of [
		'shop/plain clusterIP',
		'shop/ext externalIP',
		'shop/lb loadBalancer',
		'shop/lb nodePort',
		'shop/np-sctp nodePort',
		'shop/multi:dns clusterIP',
		'shop/none clusterIP',
		'edge/seven clusterIP',
	])
		t.true(about.has(wanted), wanted);
	t.false([...about].some(each => each.startsWith('shop/not-ours') || each.startsWith('shop/headless clusterIP')));
});

test('from everywhere, to everything', t => {
	const packets = make(8000);
	const some = (what: string, found: (each: (typeof packets)[number]) => boolean) =>
		t.true(
			packets.some(each => found(each)),
			what,
		);
	some(
		'a pod of the node that calls itself',
		({packet: {from, source}, about}) => from === 'pod' && source === '10.244.1.3' && about === 'shop/plain clusterIP',
	);
	some(
		'the node by loopback',
		({packet}) => packet.from === 'node' && packet.source === '127.0.0.1' && packet.destination === '127.0.0.1',
	);
	some(
		'the node from loopback to its address',
		({packet}) => packet.from === 'node' && packet.source === '127.0.0.1' && packet.destination === '172.18.0.11',
	);
	some(
		'an admitted client of a load balancer',
		({packet: {from, source}, about}) =>
			from === 'outside' && source.startsWith('203.0.113.') && about === 'shop/lb-ranges loadBalancer',
	);
	some(
		'a client that is not admitted',
		({packet: {from, source}, about}) => from === 'outside' && source.startsWith('10.200.') && about === 'shop/lb-ranges loadBalancer',
	);
	some(
		'the address of the balancer itself',
		({packet: {source, destination}, about}) => source === destination && about === 'shop/lb-ranges-node loadBalancer',
	);
	some('a pod of another node', ({packet: {from, source}}) => from === 'outside' && source.startsWith('10.244.2.'));
	some('another node', ({packet: {from, source}}) => from === 'outside' && source === '172.18.0.12');
	some(
		'a node port of another node',
		({packet: {destination}, about}) => destination === '172.18.0.12' && about === 'shop/lb nodePort of another node',
	);
	some('the gateway of the pods', ({packet: {destination}, about}) => destination === '10.244.1.1' && about === 'shop/lb nodePort');
	some('an unused port', ({about}) => about === 'shop/lb loadBalancer, unused port');
	some('another protocol', ({packet, about}) => packet.protocol === 'UDP' && about === 'shop/plain clusterIP, other protocol');
	some('an address that nobody has', ({packet, about}) => packet.destination.startsWith('10.96.') && about === 'in the Service range');
	some(
		'an address beside the Service range',
		({packet, about}) => packet.destination.startsWith('10.97.') && about === 'beside the Service range',
	);
	some('a health check', ({about}) => about === 'shop/lb-local healthCheckNodePort');
	t.false(packets.some(({packet: {from, destination}}) => from !== 'node' && destination.startsWith('127.')));
	t.false(
		packets.some(
			({packet: {from, source, destination}}) => from === 'node' && destination === '10.244.1.1' && source === '172.18.0.11',
		),
		'the node takes the address itself for its source',
	);
});

test('IPv6', t => {
	const state = testState({
		services: [
			service({clusterIP: 'fd00:172:30::41', type: 'NodePort', ports: [{name: 'p80', port: 80, protocol: 'TCP', nodePort: 3001}]}),
		],
		slices: [slice({addressType: 'IPv6', endpoints: [endpoint('fd00:10::9', {node: NODE})]})],
	});
	const packets = tuplesOf(state, NODE, {count: 300, seed: 1, family: 'ipv6', localAddresses: [NODE_IP_2]}).map(({packet}) => packet);
	t.true(packets.every(({source, destination}) => source.includes(':') && destination.includes(':')));
	t.true(packets.some(({destination, port}) => destination === 'fd00:172:30::41' && port === 80));
	t.true(packets.some(({destination, port, source}) => destination === '::1' && port === 3001 && source === '::1'));
});

test('no node has an address of the family', t => {
	const state = testState({nodes: [node(NODE, ['2001:db8::1'])]});
	t.is(tuplesOf(state, NODE, {count: 100, seed: 1}).length, 100);
});

test('an unknown node is an error', t => {
	t.throws(() => tuplesOf(recorded, 'nowhere', {count: 1, seed: 1}), {instanceOf: RangeError, message: /no node nowhere/});
});

test('from those who send there, and nobody else', t => {
	const sendersTo = ({destination}: {readonly destination: string}) =>
		destination.startsWith('127.')
			? ([{from: 'node', source: destination}] as const)
			: ([
					{from: 'pod', source: '10.244.1.77'},
					{from: 'node', source: '172.18.0.11'},
				] as const);
	const packets = tuplesOf(recorded, 'worker-1', {count: 1500, seed: 1, sendersTo}).map(({packet}) => packet);
	t.is(packets.length, 1500);
	t.deepEqual([...new Set(packets.map(({from, source}) => `${from} ${source}`))].toSorted(), [
		'node 127.0.0.1',
		'node 172.18.0.11',
		'pod 10.244.1.77',
	]);
	t.true(packets.filter(({from}) => from === 'node').length > 500, 'each of them in turn');
});
