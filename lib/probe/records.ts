import type {ExpectedAnswer, ExpectedRecord} from '../dns-record.ts';
import type {Answer, DnsRecord} from './vantage.ts';

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

/** Compares one answer with exactly what it must be. Returns a line for each difference, none when all is right. */
export const answerFaults = (
	answer: Answer,
	{rcode, answers, glue}: Pick<ExpectedAnswer, 'rcode' | 'answers' | 'glue'>,
): readonly string[] => [
	...(answer.rcode === rcode ? [] : [`rcode is ${answer.rcode}, not ${rcode}`]),
	...(answer.truncated ? ['the answer is truncated'] : []),
	...difference('the answer', answer.answers, answers),
	...(glue ? difference('the additional section', answer.additionals, glue) : []),
];
