import type {ExpectedRecord, RecordType} from '../dns-record.ts';

/** One new connection (TCP) or one new socket (UDP) to a Service, with what became of it. `at` is ms since the batch began, `ms` its own time. */
export type Dial = {readonly at: number; readonly ms: number; readonly localPort?: number} & (
	| {readonly outcome: 'answered'; /** Host name the backend gave: its pod's name; `unknown: …` when something that is no echo server answered. */ readonly backend: string; /** Address the backend saw. */ readonly sourceIp: string}
	| {readonly outcome: 'refused' | 'timeout' | 'unreachable' | 'reset'; /** The errno, and what had been received until then. */ readonly detail: string}
);

export type Destination = {readonly ip: string; readonly port: number; readonly protocol?: 'TCP' | 'UDP'};

export type DialOptions = {
	readonly count: number;
	/** Connections at the same time; left out: 32. */
	readonly concurrency?: number;
	/** Per connection, for each of its parts; left out: DIAL_TIMEOUT_MS until it stands (UDP: until it is answered), then ANSWER_TIMEOUT_MS for the answer. */
	readonly timeoutMs?: number;
	/** Fixed source port (concurrency must be 1). */
	readonly localPort?: number;
	/**
	 * How a TCP connection is ended after its answer. `fin` (left out, without localPort): as clients do; our port stays in TIME_WAIT
	 * for 60 s and ipvs keeps its entry for 120 s. `rst` (left out, with localPort: only so can the port be used again at once): leaves nothing behind, ipvs keeps 10 s.
	 */
	readonly close?: 'fin' | 'rst';
};

/** A record as it came. */
export type DnsRecord = ExpectedRecord & {readonly ttl: number};

/** One answer of one DNS server to one question, as it came. */
export type Answer = {readonly server: string; readonly rcode: string; readonly authoritative: boolean; readonly truncated: boolean; readonly answers: readonly DnsRecord[]; readonly additionals: readonly DnsRecord[]; readonly ms: number};

/** A place that traffic is sent from. All calls throw TransportError when the place itself cannot be used. */
export type Vantage = {
	readonly name: string;
	/** The place's own addresses. */
	readonly ips: readonly string[];
	dial(to: Destination, options: DialOptions): Promise<readonly Dial[]>;
	/** Asks `server` (left out: the cluster's DNS Service) one question for exactly this name; no search path, no silent retry. A lost answer throws Lost. */
	lookup(name: string, type: RecordType, options?: {server?: string; protocol?: 'TCP' | 'UDP'; timeoutMs?: number}): Promise<Answer>;
	close(): Promise<void>;
};

/** No answer to a DNS question: an observation about the cluster, not a fault of ours. */
export class Lost extends Error {
	override name = 'Lost';
}
