import test from 'ava';
import dnsPacket, {type Packet} from 'dns-packet';
import {decodeAnswer, encodeQuestion} from './dns.ts';
import type {RecordType} from '../dns-record.ts';

const id = 4711;
const answerTo = (name: string, type: RecordType, packet: Packet) =>
	decodeAnswer(dnsPacket.encode({type: 'response', id, questions: [{name, type}], ...packet}), {id, name, type});

test('encodeQuestion: one question, RD, no EDNS', t => {
	const packet = dnsPacket.decode(encodeQuestion(id, 'Web.default.svc.cluster.local.', 'A'));
	t.like(packet, {
		id,
		type: 'query',
		flag_rd: true,
		questions: [{name: 'Web.default.svc.cluster.local', type: 'A', class: 'IN'}],
		additionals: [],
	});
});

for (const name of ['', '.', 'a..b', `${'x'.repeat(64)}.local`, `${'abc.'.repeat(64)}local`]) {
	test(`encodeQuestion: ${JSON.stringify(name.slice(0, 20))} is no name`, t => {
		t.throws(() => encodeQuestion(id, name, 'A'), {instanceOf: RangeError, message: /is not a DNS name/});
	});
}

test('addresses, in the order in which they came, names in lower case', t => {
	const name = 'web.default.svc.cluster.local';
	const {AUTHORITATIVE_ANSWER} = dnsPacket;
	const answers = ['10.244.2.2', '10.244.1.3'].map(data => ({type: 'A', name: 'Web.Default.svc.cluster.local', ttl: 5, data}) as const);
	t.deepEqual(answerTo(name, 'A', {flags: AUTHORITATIVE_ANSWER, answers}), {
		rcode: 'NOERROR',
		authoritative: true,
		truncated: false,
		additionals: [],
		answers: [
			{name, type: 'A', ttl: 5, data: '10.244.2.2'},
			{name, type: 'A', ttl: 5, data: '10.244.1.3'},
		],
	});
	t.is(answerTo(name, 'AAAA', {answers: [{type: 'AAAA', name, ttl: 5, data: 'fd00:0:0:0::a'}]}).answers[0]?.data, 'fd00::a');
});

test('SRV with its glue; the OPT record of EDNS is no additional', t => {
	const name = '_http._tcp.db.default.svc.cluster.local';
	const answer = answerTo(name, 'SRV', {
		answers: [{type: 'SRV', name, ttl: 5, data: {priority: 0, weight: 50, port: 8080, target: 'DB-0.db.default.svc.cluster.local'}}],
		additionals: [
			{type: 'A', name: 'db-0.db.default.svc.cluster.local', ttl: 5, data: '10.244.1.3'},
			{type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: []},
		],
	});
	t.deepEqual(answer.answers, [{name, type: 'SRV', ttl: 5, data: '0 50 8080 db-0.db.default.svc.cluster.local'}]);
	t.deepEqual(answer.additionals, [{name: 'db-0.db.default.svc.cluster.local', type: 'A', ttl: 5, data: '10.244.1.3'}]);
});

test('CNAME chain, PTR, TXT, SOA', t => {
	const {answers} = answerTo('ext.default.svc.cluster.local', 'CNAME', {
		answers: [
			{type: 'CNAME', name: 'ext.default.svc.cluster.local', ttl: 5, data: 'Example.com'},
			{type: 'PTR', name: '1.0.96.10.in-addr.arpa', ttl: 5, data: 'kubernetes.default.svc.cluster.local'},
			{type: 'TXT', name: 'dns-version.cluster.local', ttl: 5, data: ['1.1', '.0']},
		],
	});
	t.deepEqual(
		answers.map(({data}) => data),
		['example.com', 'kubernetes.default.svc.cluster.local', '1.1.0'],
	);
});

for (const [rcode, number, truncated] of [
	['NXDOMAIN', 3, false],
	['SERVFAIL', 2, false],
	['REFUSED', 5, false],
	['NOERROR', 0, true],
] as const) {
	test(`${rcode}${truncated ? ', truncated' : ''}`, t => {
		t.like(answerTo('x.local', 'A', {flags: number | (truncated ? dnsPacket.TRUNCATED_RESPONSE : 0)}), {
			rcode,
			truncated,
			authoritative: false,
			answers: [],
		});
	});
}

test('what does not answer the question is refused', t => {
	const asked = {id, name: 'a.local', type: 'A'} as const;
	const packet = (change: Packet) => dnsPacket.encode({type: 'response', id, questions: [{name: 'a.local', type: 'A'}], ...change});
	t.notThrows(() => decodeAnswer(packet({questions: [{name: 'A.local', type: 'A'}]}), asked));
	for (const change of [
		{type: 'query'},
		{id: 1},
		{questions: [{name: 'b.local', type: 'A'}]},
		{questions: [{name: 'a.local', type: 'AAAA'}]},
	] as const satisfies Packet[]) {
		t.throws(() => decodeAnswer(packet(change as Packet), asked), {message: /is not the answer to 4711 A a\.local/});
	}

	t.throws(() => decodeAnswer(Buffer.from('not DNS'), asked));
});
