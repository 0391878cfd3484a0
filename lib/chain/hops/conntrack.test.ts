import test from 'ava';
import {parseConntrack} from '../../facts/parse/conntrack.ts';
import {dumpedCase} from '../../model/rules/fixtures/ipvs-dumps.ts';
import {BOUND, ipvsFacts} from '../../model/rules/fixtures/ipvs-node.ts';
import {conntrackHop} from './conntrack.ts';

const {state, node, addresses} = dumpedCase('1.36-ranges');
const [ip = ''] = addresses;
/** Service default/s1 has it for UDP. */
const NODE_PORT = 30080;

const flow = (from: string, to: string): string =>
	`ipv4     2 udp      17 25 src=${from} dst=${to} sport=51505 dport=${NODE_PORT} src=${to} dst=${from} sport=${NODE_PORT} dport=51505 use=1\n`;

const walked = (conntrack: string) => {
	const value = parseConntrack(conntrack);
	return conntrackHop(
		{
			namespace: 'default',
			family: 'ipv4',
			pods: {ok: true, value: [], source: 'there'},
			nodes: [
				{
					name: node,
					ip,
					suspected: true,
					facts: {...ipvsFacts(), conntrack: {ok: true, value, source: 'conntrack'}},
					state: {ok: true, value: state, source: 'there'},
				},
			],
		},
		false,
	);
};

test("a flow to a node port's number at an address that ipvs binds is nobody's", t => {
	const [bound = ''] = BOUND;
	t.is(walked(flow(bound, bound)).state, 'ok');
	t.is(walked(flow('10.9.9.9', bound)).state, 'ok');
});

test('a flow to a node port that is led nowhere', t => {
	t.like(walked(flow('10.9.9.9', ip)), {state: 'broken', layer: 'conntrack'});
});
