import test from 'ava';
import type {Outcome} from '../../lib/record/events.ts';
import {defectText} from './defect.ts';

const defect = {id: 'udp-entries', issue: 'https://example.org/1', what: 'entries stay\nand lead to nobody'};

for (const [outcome, expected] of [
	['known', 'known upstream defect udp-entries: entries stay and lead to nobody (https://example.org/1)'],
	['passed', 'passed in spite of the known defect udp-entries (https://example.org/1): its entry in the list is out of date'],
	['broken', undefined],
] as const satisfies readonly (readonly [Outcome, string | undefined])[])
	test(`a listed defect, and ${outcome}`, t => t.is(defectText({outcome, defect}), expected));

test('no listed defect', t => t.is(defectText({outcome: 'known'}), undefined));
