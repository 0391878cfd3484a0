import test from 'ava';
import {recordedState} from '../model/rules/fixtures/recorded.ts';
import type {Packet} from '../model/verdict.ts';
import {expectedOf} from './expectations.ts';

const names = new Map([['10.244.1.3', 'web-1'], ['10.244.2.2', 'web-2'], ['10.244.2.3', 'web-3']]);
const seen = {state: recordedState('iptables'), names};
const packet = (more: Partial<Packet>): Packet => ({protocol: 'TCP', from: 'pod', source: '10.244.2.9', destination: '10.96.132.51', port: 80, ...more});

test('all endpoints of a ClusterIP may answer', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({})), {outcome: 'answered', by: ['web-1', 'web-2', 'web-3']});
	t.deepEqual(expectedOf({...seen, names: new Map()}, 'worker-2', packet({})), {outcome: 'answered', by: ['10.244.1.3', '10.244.2.2', '10.244.2.3']});
});

test('a NodePort from outside', t => {
	t.deepEqual(expectedOf(seen, 'control-plane', packet({from: 'outside', source: '172.18.0.1', destination: '172.18.0.10', port: 32_423})), {outcome: 'answered', by: ['web-1', 'web-2', 'web-3']});
});

test('no endpoints: refused, in the time that the check allows', t => {
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '10.96.201.165'})), {outcome: 'refused', withinMs: 1000});
	t.deepEqual(expectedOf(seen, 'worker-2', packet({destination: '10.96.201.165'}), 1500), {outcome: 'refused', withinMs: 1500});
});

test('what no probe can expect is an error that says why', t => {
	t.throws(() => expectedOf(seen, 'worker-2', packet({destination: '10.96.122.128'})), {instanceOf: RangeError, message: /^the model expects no answer of 10\.96\.122\.128:80\/TCP from pod at worker-2, but timeout: /});
	t.throws(() => expectedOf(seen, 'worker-2', packet({destination: '203.0.113.200'})), {instanceOf: RangeError, message: /but unknown: /});
});
