import {isIP} from 'node:net';
import {PROBER_REPLY_MARGIN_MS, PROBER_START_TIMEOUT_MS, RESOLVER_TIMEOUT_MS} from '../limits.ts';
import {TransportError, type Conversation, type Shell} from '../shell/shell.ts';
import {tail} from '../shell/quote.ts';
import {proberSource} from './prober-source.ts';
import type {DialTask, Exchanged, ExchangeTask, HoldTask, Names, Failure, Reply, ResolveTask, Task, Timed} from './protocol.ts';
import type {Dial, Resolved} from './vantage.ts';
import {deadline} from '../wait/deadline.ts';

/** The prober as seen from here. Every call rejects with TransportError when the prober has ended, cannot try, or does not answer. */
export type Prober = {
	readonly where: string;
	readonly addresses: readonly string[];
	dial(task: DialTask): Promise<readonly Dial[]>;
	exchange(task: ExchangeTask): Promise<Exchanged>;
	evaluate(source: string, argument: unknown, timeoutMs: number): Promise<unknown>;
	hold(task: HoldTask): Promise<Timed<Names | Failure>>;
	resolve(task: ResolveTask): Promise<Resolved>;
	look(op: 'addresses'): Promise<readonly string[]>;
	look(op: 'resolvconf'): Promise<string>;
	/** It will answer nothing any more. */
	ended(): boolean;
	close(): Promise<void>;
};

type Pending = {
	readonly some: Dial[];
	settle(result: unknown): void;
	fail(error: TransportError): void;
};

type Ready = Extract<Reply, {ready: unknown}>['ready'];

const within = async <T>(work: Promise<T>, ms: number, what: string): Promise<T> =>
	deadline(work, {ms, late: () => new TransportError(`${what} within ${ms} ms`)});

/** A name would be looked up by the far side's resolver, and its failure would look like one of the connection. */
const checked = <T extends {readonly to: DialTask['to']}>(task: T): T => {
	const {ip, port} = task.to;
	if (isIP(ip) === 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
		throw new RangeError(`${ip} port ${port} is not an IP address and a port`);
	}

	return task;
};

/** Hands every reply to whoever waits for it, until the program has ended. Returns why it ended. */
const hear = async (talk: Conversation, pending: ReadonlyMap<number, Pending>, ready: (facts: Ready) => void): Promise<string> => {
	for await (const line of talk.lines) {
		const reply = JSON.parse(line) as Reply;
		if ('ready' in reply) {
			ready(reply.ready);
			continue;
		}

		const call = pending.get(reply.id);
		if ('some' in reply) {
			call?.some.push(...reply.some);
		} else if ('error' in reply) {
			call?.fail(new TransportError(`${talk.where}: the prober could not try: ${reply.error}`));
		} else {
			call?.settle(reply.result);
		}
	}

	const {exitCode, signal, stderr} = await talk.ended;
	return `the prober has ended (${signal ?? `exit code ${exitCode ?? 'none'}`})${tail(stderr)}`;
};

/** Starts the prober over a shell and waits until it is ready. `nodePath`: where Node (>= 20) is on the far side. */
export const startProber = async (shell: Shell, {nodePath = 'node'}: {nodePath?: string} = {}): Promise<Prober> => {
	const talk = shell.converse([nodePath, '--input-type=module', '--eval', proberSource()], {env: {NODE_OPTIONS: ''}});
	const {where} = talk;
	const pending = new Map<number, Pending>();
	const started = Promise.withResolvers<Ready>();
	let lastId = 0;
	let ended: string | undefined;
	const end = (why: string, cause?: unknown) => {
		ended = why;
		const error = new TransportError(`${where}: ${why}`, {cause});
		started.reject(error);
		for (const call of pending.values()) {
			call.fail(error);
		}
	};

	void hear(talk, pending, started.resolve).then(end, (error: unknown) =>
		end(`the prober cannot be understood: ${String(error)}`, error),
	);

	const perform = async <T>(task: Task, ownMs: number): Promise<T> => {
		if (ended !== undefined) {
			throw new TransportError(`${where}: ${ended}`);
		}

		const id = ++lastId;
		const {promise, resolve, reject} = Promise.withResolvers<unknown>();
		const some: Dial[] = [];
		pending.set(id, {some, settle: resolve, fail: reject});
		try {
			talk.send(JSON.stringify({id, task}));
			const result = await within(promise, ownMs + PROBER_REPLY_MARGIN_MS, `${where}: the prober did not answer (${task.op})`);
			return (task.op === 'dial' ? some.toSorted((a, b) => a.at - b.at) : result) as T;
		} finally {
			pending.delete(id);
		}
	};

	try {
		const {addresses} = await within(started.promise, PROBER_START_TIMEOUT_MS, `${where}: the prober (${nodePath}) did not start`);
		return {
			where,
			addresses,
			dial: async task => perform(checked(task), Math.ceil(task.count / task.concurrency) * (task.timeoutMs + (task.answerMs ?? 0))),
			exchange: async task => perform(checked(task), task.timeoutMs),
			evaluate: async (source, argument, timeoutMs) => perform({op: 'evaluate', source, argument}, timeoutMs),
			hold: async task => perform(task.op === 'open' ? checked(task) : task, task.timeoutMs),
			resolve: async task => perform(task, RESOLVER_TIMEOUT_MS),
			look: (op: 'addresses' | 'resolvconf') => perform<never>({op}, 0),
			ended: () => ended !== undefined,
			close: () => talk.close(),
		};
	} catch (error) {
		await talk.close();
		throw error;
	}
};
