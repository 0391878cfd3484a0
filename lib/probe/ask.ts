import type {ExpectedAnswer} from '../dns-record.ts';
import {answerFaults} from './records.ts';
import {Lost, type Answer, type Vantage} from './vantage.ts';

/** What came to a question, and what is wrong with it; an answer that is lost is wrong. */
export type Asked = {readonly answer?: Answer; readonly faults: readonly string[]};

/**
 * Asks one DNS server one question over UDP (or at once over TCP, where that is wanted), and over TCP where the answer does not fit into a
 * datagram, as resolvers must (RFC 7766, section 5). Compares what comes with what must be answered.
 */
export const ask = async (
	place: Pick<Vantage, 'lookup'>,
	server: string,
	expected: ExpectedAnswer,
	protocol: 'UDP' | 'TCP' = 'UDP',
): Promise<Asked> => {
	const {name, type} = expected;
	try {
		const short = await place.lookup(name, type, {server, ...(protocol === 'TCP' && {protocol})});
		const answer = short.truncated ? await place.lookup(name, type, {server, protocol: 'TCP'}) : short;
		return {answer, faults: answerFaults(answer, expected)};
	} catch (error) {
		if (!(error instanceof Lost)) throw error;
		return {faults: [`no answer: ${error.message}`]};
	}
};
