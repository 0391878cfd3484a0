import test from 'ava';
import type {ExpectedAnswer} from '../dns-record.ts';
import {TransportError} from '../shell/shell.ts';
import {ask} from './ask.ts';
import {Lost, type Answer, type Vantage} from './vantage.ts';

const record = {name: 'echo.ns.svc.cluster.local', type: 'A', data: '10.96.0.9'};
const expected: ExpectedAnswer = {name: record.name, type: 'A', rcode: 'NOERROR', answers: [record]};
const right: Answer = {
	server: '10.96.0.10',
	rcode: 'NOERROR',
	authoritative: true,
	truncated: false,
	answers: [{...record, ttl: 5}],
	additionals: [],
	ms: 1,
};
const cut: Answer = {...right, truncated: true, answers: []};
const lost = new Lost('timeout');

const asked = async (udp: Answer | Error, tcp: Answer | Error = new Error('not to be asked')) => {
	const protocols: string[] = [];
	const lookup: Vantage['lookup'] = (_, __, {protocol = 'UDP'} = {}) => {
		protocols.push(protocol);
		const came = protocol === 'UDP' ? udp : tcp;
		return came instanceof Error ? Promise.reject(came) : Promise.resolve(came);
	};
	return {...(await ask({lookup}, '10.96.0.10', expected)), protocols};
};

for (const [title, given, result] of [
	['over UDP', [right], {answer: right, faults: [], protocols: ['UDP']}],
	['over TCP where it does not fit', [cut, right], {answer: right, faults: [], protocols: ['UDP', 'TCP']}],
	['lost', [lost], {faults: ['no answer: timeout'], protocols: ['UDP']}],
	['lost over TCP', [cut, lost], {faults: ['no answer: timeout'], protocols: ['UDP', 'TCP']}],
	[
		'wrong, and not asked again',
		[{...right, rcode: 'NXDOMAIN'}],
		{answer: {...right, rcode: 'NXDOMAIN'}, faults: ['rcode is NXDOMAIN, not NOERROR'], protocols: ['UDP']},
	],
] as const)
	test(`an answer ${title}`, async t =>
		t.deepEqual(await asked(given[0], given[1]), {...result, faults: [...result.faults], protocols: [...result.protocols]}));

test('a place that cannot be used is no answer', async t =>
	t.throwsAsync(asked(new TransportError('no prober')), {instanceOf: TransportError}) as never);
