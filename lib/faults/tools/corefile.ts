import type {DnsRecord} from '../../probe/vantage.ts';

/** An answer that CoreDNS is made to give to one question. */
export type Forged = {
	readonly name: string;
	readonly type: string;
	readonly answers: readonly DnsRecord[];
	readonly additionals: readonly DnsRecord[];
};

const dotted = (name: string): string => (name.endsWith('.') ? name : `${name}.`);
const data = ({type, data}: DnsRecord): string => (type === 'SRV' || type === 'CNAME' || type === 'PTR' ? dotted(data) : data);
const line = (section: string, record: DnsRecord): string =>
	`        ${section} "${dotted(record.name)} ${record.ttl} IN ${record.type} ${data(record)}"`;

/** One block of CoreDNS' plugin `template`, which is asked before `kubernetes`; for exactly this question. */
const block = ({name, type, answers, additionals}: Forged): string =>
	[
		`    template IN ${type} ${dotted(name)} {`,
		`        match "^${dotted(name).replaceAll('.', '[.]')}$"`,
		...answers.map(record => line('answer', record)),
		...additionals.map(record => line('additional', record)),
		'        rcode NOERROR',
		'        fallthrough',
		'    }',
	].join('\n');

/**
 * A Corefile whose first server block gives the forged answers, and all others as before. Throws RangeError for a Corefile without a server
 * block.
 */
export const withForged = (corefile: string, forged: readonly Forged[]): string => {
	const start = /^[^\s#].*\{[ \t]*\n/m.exec(corefile);
	if (!start) throw new RangeError(`the Corefile has no server block: ${JSON.stringify(corefile.slice(0, 200))}`);
	const at = start.index + start[0].length;
	return `${corefile.slice(0, at)}${forged.map(one => `${block(one)}\n`).join('')}${corefile.slice(at)}`;
};

/** Of the ranges for documentation (RFC 5737, RFC 3849), and of the names (RFC 6761): nobody has them. */
export const NOBODY = {A: '192.0.2.1', AAAA: '2001:db8::1', CNAME: 'nobody.invalid', PTR: 'nobody.invalid'} as const;

/** The same record with something else in it: another address or name, or the next port. */
const falsified = (record: DnsRecord): DnsRecord => {
	const nobody = (NOBODY as Readonly<Record<string, string>>)[record.type];
	if (nobody !== undefined) return {...record, data: nobody};
	const [priority, weight, port, target] = record.data.split(' ');
	return {...record, data: `${priority} ${weight} ${Number(port) + 1} ${target}`};
};

export const FORGERIES = {
	wrong: (records: readonly DnsRecord[]): readonly DnsRecord[] =>
		records.map((record, index) => (index === 0 ? falsified(record) : record)),
	missing: (records: readonly DnsRecord[]): readonly DnsRecord[] => records.slice(1),
	extra: (records: readonly DnsRecord[]): readonly DnsRecord[] => [...records, ...records.slice(0, 1).map(record => falsified(record))],
} as const;
