import test from 'ava';
import {recordedState} from '../model/rules/fixtures/recorded.ts';
import type {Packet} from '../model/verdict.ts';
import {expectedOf} from './expectations.ts';

const names = new Map([
	['10.244.1.3', 'web-1'],
	['10.244.2.2', 'web-2'],
	['10.244.2.3', 'web-3'],
]);
const seen = {state: recordedState('iptables'), names};
const packet = (more: Partial<Packet>): Packet => ({
	protocol: 'TCP',
	from: 'pod',
	source: '10.244.2.9',
	destination: '10.96.132.51',
	port: 80,
	...more,
});

test('all endpoints of a ClusterIP may answer', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({})), {outcome: 'answered', by: ['web-1', 'web-2', 'web-3']});
	t.deepEqual(expectedOf({...seen, names: new Map()}, 'worker-2', packet({})), {
		outcome: 'answered',
		by: ['10.244.1.3', '10.244.2.2', '10.244.2.3'],
	});
});

test('a NodePort from outside', t => {
	t.deepEqual(
		expectedOf(seen, 'control-plane', packet({from: 'outside', source: '172.18.0.1', destination: '172.18.0.10', port: 32_423})),
		{outcome: 'answered', by: ['web-1', 'web-2', 'web-3']},
	);
});

test('no endpoints: refused, in the time that the check allows', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '10.96.201.165'})), {outcome: 'refused', withinMs: 2500});
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '10.96.201.165'}), {refusedWithinMs: 1500}), {
		outcome: 'refused',
		withinMs: 1500,
	});
});

test('what no probe can expect is an error that says why', t => {
	t.throws(() => expectedOf(seen, 'worker-2', packet({destination: '10.96.122.128'})), {
		instanceOf: RangeError,
		message: /^the model expects no answer of 10\.96\.122\.128:80\/TCP from pod at worker-2, but timeout: /,
	});
	t.throws(() => expectedOf(seen, 'worker-2', packet({destination: '203.0.113.200'})), {
		instanceOf: RangeError,
		message: /but unknown: /,
	});
});

test('a black hole, where the check allows one', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '10.96.122.128'}), {timeouts: true}), {outcome: 'timeout'});
});

test('what is no Service of the cluster is answered by nobody that we know, where the check asks for that', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '203.0.113.200'}), {timeouts: true}), {outcome: 'unanswered'});
});

test('the source that a backend sees: its client, or the node', t => {
	t.like(expectedOf(seen, 'worker-2', packet({}), {ownAddresses: ['172.18.0.12', '10.244.2.1']}), {
		by: ['web-1', 'web-2', 'web-3'],
		sources: {'web-1': ['10.244.2.9'], 'web-2': ['10.244.2.9'], 'web-3': ['10.244.2.9']},
	});
	const outside = packet({from: 'outside', source: '172.18.0.1', destination: '172.18.0.10', port: 32_423});
	t.like(expectedOf(seen, 'control-plane', outside, {ownAddresses: ['172.18.0.10']}), {
		sources: {'web-1': ['172.18.0.10'], 'web-2': ['172.18.0.10'], 'web-3': ['172.18.0.10']},
	});
});

test('an address of a node that the API does not tell: a NodePort is there in iptables mode, and what nobody listens at is refused', t => {
	const extra = packet({from: 'outside', source: '172.18.0.1', destination: '198.18.200.1', port: 32_423});
	const local = {localAddresses: ['198.18.200.1']};
	t.like(expectedOf(seen, 'control-plane', extra, local), {outcome: 'answered', by: ['web-1', 'web-2', 'web-3']});
	const beside = {...extra, port: 32_999};
	t.throws(() => expectedOf(seen, 'control-plane', beside, local), {instanceOf: RangeError, message: /but unknown: /});
	t.like(expectedOf(seen, 'control-plane', beside, {...local, nobodyListens: true}), {outcome: 'refused'});
	const nft = {state: recordedState('nftables'), names};
	t.like(expectedOf(nft, 'control-plane', extra, {...local, nobodyListens: true}), {outcome: 'refused'});
});
