export type RecordType = 'A' | 'AAAA' | 'SRV' | 'CNAME' | 'PTR' | 'TXT';

export type DnsQuestion = {readonly name: string; readonly type: RecordType};

/**
 * A record as it must be, whatever its time to live. Names are without the dot at their end; `data` of A: address; SRV: `priority weight
 * port target`; others: text.
 */
export type ExpectedRecord = {
	readonly name: string;
	readonly type: string;
	readonly data: string;
};

/** What must be answered to a question; the order of records does not matter, their number does. */
export type ExpectedAnswer = DnsQuestion & {
	readonly rcode: 'NOERROR' | 'NXDOMAIN';
	/** None with NOERROR: the name exists, a record of this type does not. */
	readonly answers: readonly ExpectedRecord[];
	/** Additional records; left out: any. */
	readonly glue?: readonly ExpectedRecord[];
};
