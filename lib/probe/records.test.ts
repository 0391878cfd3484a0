import test from 'ava';
import type {ExpectedAnswer} from '../dns-record.ts';
import {answerFaults} from './records.ts';
import type {Answer} from './vantage.ts';

const name = 'echo.ns.svc.cluster.local';
const a = (data: string) => ({name, type: 'A', ttl: 5, data});
const answer = (records: Answer['answers'], more: Partial<Answer> = {}): Answer => ({
	server: '10.96.0.10',
	rcode: 'NOERROR',
	authoritative: true,
	truncated: false,
	answers: records,
	additionals: [],
	ms: 1,
	...more,
});

type Case = Partial<Pick<ExpectedAnswer, 'rcode' | 'glue'>> & {
	readonly title: string;
	readonly given: Answer;
	readonly expected: ExpectedAnswer['answers'];
	readonly faults: readonly string[];
};

const CASES: readonly Case[] = [
	{
		title: 'the exact set in any order',
		given: answer([a('10.0.0.2'), a('10.0.0.1')]),
		expected: [a('10.0.0.1'), a('10.0.0.2')],
		faults: [],
	},
	{
		title: 'a missing record',
		given: answer([a('10.0.0.1')]),
		expected: [a('10.0.0.1'), a('10.0.0.2')],
		faults: [`the answer lacks ${name} A 10.0.0.2`],
	},
	{
		title: 'a foreign record',
		given: answer([a('10.0.0.1'), a('10.9.9.9')]),
		expected: [a('10.0.0.1')],
		faults: [`the answer has ${name} A 10.9.9.9`],
	},
	{
		title: 'a record twice',
		given: answer([a('10.0.0.1'), a('10.0.0.1')]),
		expected: [a('10.0.0.1')],
		faults: [`the answer has twice ${name} A 10.0.0.1`],
	},
	{
		title: 'an error is told beside what is missing',
		given: answer([], {rcode: 'NXDOMAIN'}),
		expected: [a('10.0.0.1')],
		faults: ['rcode is NXDOMAIN, not NOERROR', `the answer lacks ${name} A 10.0.0.1`],
	},
	{title: 'a name that must not be', given: answer([], {rcode: 'NXDOMAIN'}), expected: [], rcode: 'NXDOMAIN', faults: []},
	{
		title: 'a name that must not be and is',
		given: answer([]),
		expected: [],
		rcode: 'NXDOMAIN',
		faults: ['rcode is NOERROR, not NXDOMAIN'],
	},
	{
		title: 'names compare without regard to case',
		given: answer([{...a('10.0.0.1'), name: 'ECHO.ns.svc.cluster.local'}]),
		expected: [a('10.0.0.1')],
		faults: [],
	},
	{
		title: 'glue is compared where it is given',
		given: answer([a('10.0.0.1')]),
		expected: [a('10.0.0.1')],
		glue: [a('10.0.0.1')],
		faults: [`the additional section lacks ${name} A 10.0.0.1`],
	},
	{
		title: 'glue may be anything where none is given',
		given: answer([a('10.0.0.1')], {additionals: [a('10.9.9.9')]}),
		expected: [a('10.0.0.1')],
		faults: [],
	},
	{title: 'a truncated answer', given: answer([], {truncated: true}), expected: [], faults: ['the answer is truncated']},
];

for (const {title, given, expected: answers, rcode = 'NOERROR', glue, faults} of CASES) {
	test(title, t => {
		t.deepEqual(answerFaults(given, {rcode, answers, ...(glue && {glue})}), faults);
	});
}
