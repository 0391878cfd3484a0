import type {ExpectedRecord, RecordType} from '../dns-record.ts';
import type {IpFamily} from '../target.ts';

/**
 * One new connection (TCP) or one new socket (UDP) to a Service, with what became of it. `at` is ms since the batch began, `ms` its own
 * time.
 */
export type Dial = {
	readonly at: number;
	readonly ms: number;
	readonly localPort?: number;
	/** Until a connection of TCP stood. */
	readonly connectMs?: number;
} & (
	| {
			readonly outcome: 'answered';
			/** Host name the backend gave: its pod's name; `unknown: …` when something that is no echo server answered. */
			readonly backend: string;
			/** Address the backend saw. */
			readonly sourceIp: string;
	  }
	| {
			readonly outcome: 'refused' | 'timeout' | 'unreachable' | 'reset';
			/** The errno, and what had been received until then. */ readonly detail: string;
	  }
);

export type Destination = {
	readonly ip: string;
	readonly port: number;
	readonly protocol?: 'TCP' | 'UDP';
};

export type DialOptions = {
	readonly count: number;
	/** Connections at the same time; left out: 32. */
	readonly concurrency?: number;
	/**
	 * Per connection, for each of its parts; left out: DIAL_TIMEOUT_MS until it stands (UDP: until it is answered), then ANSWER_TIMEOUT_MS
	 * for the answer.
	 */
	readonly timeoutMs?: number;
	/** For the answer over a connection of TCP that stands; left out: as `timeoutMs` says. */
	readonly answerMs?: number;
	/** Fixed source port (concurrency must be 1). */
	readonly localPort?: number;
	/**
	 * How a TCP connection is ended after its answer. `fin` (left out, without localPort): as clients do; our port stays in TIME_WAIT
	 * for 60 s and ipvs keeps its entry for 120 s. `rst` (left out, with localPort: only so can the port be used again at once): leaves
	 * nothing behind, ipvs keeps 10 s.
	 */
	readonly close?: 'fin' | 'rst';
};

/** A record as it came. */
export type DnsRecord = ExpectedRecord & {readonly ttl: number};

/** One answer of one DNS server to one question, as it came. */
export type Answer = {
	readonly server: string;
	readonly rcode: string;
	readonly authoritative: boolean;
	readonly truncated: boolean;
	readonly answers: readonly DnsRecord[];
	readonly additionals: readonly DnsRecord[];
	readonly ms: number;
};

/** One answer on a connection that stays. */
export type Heard =
	| {
			readonly outcome: 'answered';
			readonly backend: string;
			readonly ms: number;
	  }
	| {
			readonly outcome: 'refused' | 'timeout' | 'unreachable' | 'reset';
			readonly detail: string;
			readonly ms: number;
	  };

/** A connection of TCP that stays open. */
export type OpenConnection = {
	/** What became of its first question. */
	readonly first: Heard;
	/** Asks again on the same connection; one that has ended says how. */
	ask(): Promise<Heard>;
	close(): Promise<void>;
};

/** What the place's own resolver makes of a name. */
export type Resolved = {readonly ms: number} & (
	| {readonly addresses: readonly string[]}
	/** Of getaddrinfo: ENOTFOUND where the name does not exist, EAI_AGAIN where nobody answered. */
	| {readonly code: string}
);

/** A place that traffic is sent from. All calls throw TransportError when the place itself cannot be used. */
export type Vantage = {
	readonly name: string;
	/** The place's own addresses. */
	readonly ips: readonly string[];
	dial(to: Destination, options: DialOptions): Promise<readonly Dial[]>;
	/**
	 * Asks `server` (left out: the cluster's DNS Service) one question for exactly this name; no search path, no silent retry. A lost
	 * answer throws Lost.
	 */
	lookup(
		name: string,
		type: RecordType,
		options?: {
			server?: string;
			protocol?: 'TCP' | 'UDP';
			timeoutMs?: number;
		},
	): Promise<Answer>;
	/**
	 * Calls a function there, for what no dial does: it is sent as text, so it must hold all that it uses, and may import
	 * `node:` modules alone (as page.evaluate of Playwright). What it leaves open, a server say, lives as long as the place.
	 * It may take `timeoutMs`.
	 */
	evaluate<Argument, Result>(
		program: (argument: Argument) => Promise<Result>,
		argument: Argument,
		options?: {timeoutMs?: number},
	): Promise<Result>;
	/** Opens a connection of TCP that stays, and asks on it who answers. */
	open(to: Destination): Promise<OpenConnection>;
	/** Asks the place's own resolver (getaddrinfo), by its resolv.conf: search path, servers and retries as its programs have them. */
	resolve(name: string, family: IpFamily): Promise<Resolved>;
	close(): Promise<void>;
};

/** No answer to a DNS question: an observation about the cluster, not a fault of ours. */
export class Lost extends Error {
	override name = 'Lost';
}
