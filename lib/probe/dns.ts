import dnsPacket from 'dns-packet';
import type {RecordType} from '../dns-record.ts';
import type {Answer, DnsRecord} from './vantage.ts';

/**
 * One question as a message. RD is set, as resolvers do; no EDNS, so a server must cut at 512 bytes. Throws RangeError for what is no DNS
 * name.
 */
export const encodeQuestion = (id: number, name: string, type: RecordType): Buffer => {
	const labels = name.replace(/\.$/, '').split('.');
	if (name.length > 254 || labels.some(label => label.length === 0 || label.length > 63)) {
		throw new RangeError(`${JSON.stringify(name)} is not a DNS name`);
	}

	return dnsPacket.encode({type: 'query', id, flags: dnsPacket.RECURSION_DESIRED, questions: [{type, name}]});
};

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const NAMES: readonly string[] = ['CNAME', 'PTR', 'NS', 'DNAME'];

const dataOf = (record: dnsPacket.Answer): string => {
	if (record.type === 'SRV') {
		const {priority = 0, weight = 0, port, target} = record.data;
		return `${priority} ${weight} ${port} ${plainName(target)}`;
	}

	if (record.type === 'TXT') {
		return [record.data].flat().map(String).join('');
	}

	const {data} = record as {data?: unknown};
	return typeof data === 'string' ? (NAMES.includes(record.type) ? plainName(data) : data) : JSON.stringify(data ?? '');
};

/** EDNS is about the message, not an answer: its OPT record is left out. */
const records = (answers: readonly dnsPacket.Answer[] = []): readonly DnsRecord[] =>
	answers
		.filter(record => record.type !== 'OPT')
		.map(record => ({
			name: plainName(record.name),
			type: record.type,
			ttl: 'ttl' in record ? (record.ttl ?? 0) : 0,
			data: dataOf(record),
		}));

/** A message as it came, to the question that was asked. Throws Error when it is not an answer to that question. */
export const decodeAnswer = (
	message: Buffer,
	asked: {
		id: number;
		name: string;
		type: RecordType;
	},
): Omit<Answer, 'server' | 'ms'> => {
	const packet = dnsPacket.decode(message) as dnsPacket.DecodedPacket & {rcode: string};
	const [question] = packet.questions ?? [];
	if (
		packet.type !== 'response' ||
		packet.id !== asked.id ||
		(question && (plainName(question.name) !== plainName(asked.name) || question.type !== asked.type))
	) {
		throw new Error(
			`a ${packet.type} with id ${packet.id} to ${question?.type} ${question?.name} is not the answer to ${asked.id} ` +
				`${asked.type} ${asked.name}`,
		);
	}

	return {
		rcode: packet.rcode,
		authoritative: packet.flag_aa,
		truncated: packet.flag_tc,
		answers: records(packet.answers),
		additionals: records(packet.additionals),
	};
};
