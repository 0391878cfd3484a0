import {remainder, type Remainder} from './remainder.ts';

/** One direction of a flow. ICMP has no ports. */
export type ConntrackTuple = {
	readonly source: string;
	readonly destination: string;
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	readonly packets?: number;
	readonly bytes?: number;
};

export type ConntrackEntry = {
	readonly family: 'ipv4' | 'ipv6';
	/** `tcp`, `udp`, `sctp`, `icmp` … */
	readonly protocol: string;
	readonly line: number;
	/** Undefined for flows that the kernel has given to a device. */
	readonly timeoutSeconds?: number;
	/** `ESTABLISHED`; TCP, SCTP and DCCP only. */
	readonly state?: string;
	/** As the first packet came. */
	readonly original: ConntrackTuple;
	/** As answers come: its source is the endpoint where the address was rewritten. */
	readonly reply: ConntrackTuple;
	/** ASSURED, UNREPLIED, OFFLOAD. */
	readonly flags: readonly string[];
	readonly mark?: number;
	readonly zone?: number;
};

export type ConntrackDump = {readonly entries: readonly ConntrackEntry[]; readonly remainder: readonly Remainder[]};

/** Without `-o extended` the family and its number are left out. */
const HEAD = /^(?:(?<family>ipv[46])\s+\d+\s+)?(?<protocol>\S+)\s+\d+\s+(?:(?<timeout>\d+)\s+)?(?:(?<state>[A-Z][A-Z_0-9]*)\s+)?(?=src=)/;

const tupleOf = (pairs: ReadonlyMap<string, string>): ConntrackTuple | undefined => {
	const source = pairs.get('src');
	const destination = pairs.get('dst');
	if (source === undefined || destination === undefined) return undefined;
	const numbers = {
		sourcePort: pairs.get('sport'),
		destinationPort: pairs.get('dport'),
		packets: pairs.get('packets'),
		bytes: pairs.get('bytes'),
	};
	return {
		source,
		destination,
		...Object.fromEntries(
			Object.entries(numbers)
				.filter(([, value]) => value !== undefined)
				.map(([name, value]) => [name, Number(value)]),
		),
	};
};

const read = (text: string, line: number): ConntrackEntry | string => {
	const head = HEAD.exec(text);
	if (!head?.groups) return 'not an entry of conntrack -L';
	const {family, protocol = '', timeout, state} = head.groups;
	const flags: string[] = [];
	const directions: Map<string, string>[] = [];
	for (const word of text.slice(head[0].length).trim().split(/\s+/)) {
		const [, flag] = /^\[(\w+)\]$/.exec(word) ?? [];
		const [, name, value] = /^([\w-]+)=(.*)$/.exec(word) ?? [];
		if (flag !== undefined) flags.push(flag);
		else if (name === undefined || value === undefined) return `${word} is not understood`;
		else if (name === 'src') directions.push(new Map([[name, value]]));
		else directions.at(-1)?.set(name, value);
	}
	const [first, second, ...more] = directions;
	const original = first && tupleOf(first);
	const reply = second && tupleOf(second);
	if (!original || !reply || more.length > 0) return 'not two directions';
	// What belongs to the entry as a whole comes last, or (zones) before the second direction.
	const whole = (name: string): Record<string, number> => {
		const value = second.get(name) ?? first.get(name);
		return value === undefined ? {} : {[name]: Number(value)};
	};
	return {
		family: (family ?? (original.source.includes(':') ? 'ipv6' : 'ipv4')) === 'ipv6' ? 'ipv6' : 'ipv4',
		protocol,
		line,
		...(timeout === undefined ? {} : {timeoutSeconds: Number(timeout)}),
		...(state === undefined ? {} : {state}),
		original,
		reply,
		flags,
		...whole('mark'),
		...whole('zone'),
	};
};

/** The tool counts what it has shown, on the error stream; both get into a file together. */
const CLOSING = /^conntrack v\S+ \(conntrack-tools\): \d+ flow entries have been shown\.$/;

/** Reads the text of `conntrack -L`, with or without `-o extended`. Total: other lines are in `remainder`. */
export const parseConntrack = (text: string): ConntrackDump => {
	const results = text
		.split('\n')
		.map((source, index) => ({source, line: index + 1}))
		.filter(({source}) => source.trim() !== '' && !CLOSING.test(source.trim()))
		.map(({source, line}) => ({source, line, result: read(source, line)}));
	return {
		entries: results.flatMap(({result}) => (typeof result === 'string' ? [] : [result])),
		remainder: results.flatMap(({source, line, result}) => (typeof result === 'string' ? [remainder(line, source, result)] : [])),
	};
};
