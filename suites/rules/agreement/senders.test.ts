import test from 'ava';
import type {Vantage} from '../../../lib/probe/vantage.ts';
import {recordedNodes} from '../../../lib/trace/fixtures/traced.ts';
import type {TracedNode} from '../../../lib/trace/traced-node.ts';
import {sendersBy, type Places} from './senders.ts';

const entry = recordedNodes()[1] as TracedNode;
const IP = '172.18.0.11';
const at = (...ips: readonly string[]) => ({ips}) as unknown as Vantage;
const places = (outside: Vantage | undefined): Places => ({
	vantage: (_, from) => (from === 'outside' ? outside : at('10.244.1.77', 'fd00:10::77')),
	via: new Map([
		['10.96.0.5', 'worker-1'],
		['10.96.0.6', 'worker-2'],
	]),
});
const sending = (
	destination: string,
	{protocol = 'TCP' as 'TCP' | 'SCTP', hasOutside = true, family = 'ipv4' as 'ipv4' | 'ipv6'} = {},
): readonly string[] =>
	sendersBy(places(hasOutside ? at('172.18.0.100') : undefined), entry, {ip: IP, family})({
		destination,
		protocol,
		port: 80,
		about: '',
	}).map(({from, source}) => `${from} ${source}`);

test('the pod and the node send everywhere, the host outside where it is led by this node', t => {
	t.deepEqual(sending('10.96.0.5'), ['pod 10.244.1.77', `node ${IP}`, 'outside 172.18.0.100']);
	t.deepEqual(sending('10.96.0.6'), ['pod 10.244.1.77', `node ${IP}`]);
	t.deepEqual(sending('10.96.0.5', {hasOutside: false}), ['pod 10.244.1.77', `node ${IP}`]);
});

test('addresses of the node: it sends to each from the address itself, and nobody else to loopback', t => {
	t.deepEqual(sending(IP), ['pod 10.244.1.77', `node ${IP}`, 'outside 172.18.0.100']);
	t.deepEqual(sending('10.244.1.1'), ['pod 10.244.1.77', 'node 10.244.1.1']);
	t.deepEqual(sending('127.0.0.1'), ['node 127.0.0.1']);
});

test('of the family; nobody where no source is known; nobody speaks SCTP', t => {
	t.deepEqual(sending('fd00:96::1', {family: 'ipv6'}), ['pod fd00:10::77']);
	t.deepEqual(sending('10.96.0.5', {protocol: 'SCTP'}), []);
});
