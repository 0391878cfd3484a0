import type {Destination, Dial} from './vantage.ts';

/** What we and the prober say to each other, a line of JSON each. Types only: the prober runs where none of our files are. */
export type To = Required<Destination>;

export type DialTask = {
	readonly op: 'dial';
	readonly to: To;
	readonly count: number;
	readonly concurrency: number;
	readonly timeoutMs: number;
	/** Once a TCP connection stands; left out: timeoutMs. */ readonly answerMs?: number;
	readonly close: 'fin' | 'rst';
	readonly localPort?: number;
};

/**
 * One message, one answer. TCP: framed by two bytes of length, as DNS does. `samePrefix`: an answer that does not begin with this many
 * bytes of the message is not ours, and waiting goes on.
 */
export type ExchangeTask = {
	readonly op: 'exchange';
	readonly to: To;
	/** In base64. */ readonly payload: string;
	readonly timeoutMs: number;
	readonly samePrefix?: number;
	readonly localPort?: number;
};

/** One connection of TCP that stays: opened, asked now and then, closed. `line`: its number, the caller's to choose. */
export type HoldTask = {readonly line: number; readonly timeoutMs: number} & (
	{readonly op: 'open'; readonly to: To} | {readonly op: 'ask'} | {readonly op: 'hang-up'}
);

/** What this machine's own resolver (getaddrinfo) makes of a name, by its resolv.conf. */
export type ResolveTask = {
	readonly op: 'resolve';
	readonly name: string;
	readonly family: 4 | 6;
};

export type LookTask = {readonly op: 'addresses' | 'resolvconf'};

/** A function of ours, as text, that the prober calls with one argument; it may import nothing but node: modules, and answers JSON. */
export type EvaluateTask = {
	readonly op: 'evaluate';
	readonly source: string;
	readonly argument: unknown;
};

export type Task = DialTask | ExchangeTask | EvaluateTask | HoldTask | ResolveTask | LookTask;

export type Failure = {readonly outcome: 'refused' | 'timeout' | 'unreachable' | 'reset'; readonly detail: string};

/** What an echo server said. */
export type Names = {
	readonly outcome: 'answered';
	readonly backend: string;
	readonly sourceIp: string;
};

/** In base64. */
export type Payload = {readonly outcome: 'answered'; readonly payload: string};

export type Timed<T> = T & {
	readonly ms: number;
	readonly localPort?: number;
	readonly connectMs?: number;
};

export type Exchanged = Timed<Payload | Failure>;

export type Request = {readonly id: number; readonly task: Task};

/** `some` dials come as they are done; `result` or `error` is the last word on a request. Before all requests there is `ready`. */
export type Reply =
	| {readonly ready: {readonly node: string; readonly addresses: readonly string[]}}
	| {readonly id: number; readonly some: readonly Dial[]}
	| {readonly id: number; readonly result: unknown}
	| {readonly id: number; readonly error: string};
