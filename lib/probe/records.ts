import type {Answer, DnsRecord} from './vantage.ts';

/** A record as it must be; the order of records does not matter, their number does. */
export type ExpectedRecord = {readonly name: string; readonly type: string; readonly data: string};

const key = ({name, type, data}: ExpectedRecord): string => `${name.toLowerCase()} ${type} ${data}`;

const difference = (what: string, found: readonly DnsRecord[], expected: readonly ExpectedRecord[]): readonly string[] => {
	const have = found.map(record => key(record));
	const want = expected.map(record => key(record));
	return [
		...want.filter(record => !have.includes(record)).map(record => `${what} lacks ${record}`),
		...have.filter(record => !want.includes(record)).map(record => `${what} has ${record}`),
		...have.filter((record, index) => have.indexOf(record) !== index).map(record => `${what} has twice ${record}`),
	];
};

/**
 * Compares one answer with exactly what it must hold. Returns a line for each difference, none when all is right.
 * `glue` (additional records) is compared only where it is given.
 */
export const answerFaults = (answer: Answer, expected: readonly ExpectedRecord[], glue?: readonly ExpectedRecord[]): readonly string[] => [
	...(answer.rcode === 'NOERROR' ? [] : [`rcode is ${answer.rcode}`]),
	...(answer.truncated ? ['the answer is truncated'] : []),
	...difference('the answer', answer.answers, expected),
	...(glue ? difference('the additional section', answer.additionals, glue) : []),
];
