/*
 * The prober: a program of its own. It is started as `node --input-type=module --eval <this file without its types>` wherever
 * traffic is to come from, on any Node >= 20, so it may import nothing but node: modules (and types).
 * Requests and replies are lines of JSON (protocol.ts); it ends with its input. It never tries anything again.
 */
import dgram from 'node:dgram';
import {lookup} from 'node:dns/promises';
import {readFile} from 'node:fs/promises';
import net from 'node:net';
import {networkInterfaces} from 'node:os';
import {createInterface} from 'node:readline';
import type {
	DialTask,
	EvaluateTask,
	Exchanged,
	ExchangeTask,
	Failure,
	HoldTask,
	Names,
	Payload,
	Reply,
	Request,
	ResolveTask,
	Task,
	Timed,
	To,
} from './protocol.ts';
import type {Dial, Resolved} from './vantage.ts';

/** Answers so far in, conclusion out; undefined: not all of it has come. `ask` sends the next question. */
type Reader<T> = (received: Buffer, ask: (message: string | Buffer) => void) => T | undefined;

/** One attempt on a socket: how to speak on it and how to be rid of it. */
type Line = {
	say: (message: string | Buffer) => void;
	end: () => void;
	local: {localPort?: number; connectMs?: number};
	silence: () => string | undefined;
};
/** What is heard on it. */
type Ears = {
	heard: (chunk: Buffer) => void;
	closed: () => void;
	failed: (error: NodeJS.ErrnoException) => void;
	open: () => void;
};

// EPERM: netfilter of this machine dropped the packet on its way out, so nobody will ever answer it.
// EACCES: route type prohibit, or ICMPv6 "administratively prohibited". EINVAL: route type blackhole.
const OUTCOMES: Record<string, Failure['outcome'] | undefined> = {
	ECONNREFUSED: 'refused',
	ETIMEDOUT: 'timeout',
	EPERM: 'timeout',
	ECONNRESET: 'reset',
	EPIPE: 'reset',
	ECONNABORTED: 'reset',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETDOWN: 'unreachable',
	EACCES: 'unreachable',
	EINVAL: 'unreachable',
};

/** Dials in one reply. */
const SOME = 256;
/** A timer that is later than this says that this process has not been running. */
const STALL_MS = 20;
const REJECTED_MS = 50;
const round = (ms: number) => Math.round(ms * 1000) / 1000;
const show = (received: Buffer) =>
	`${received.length} bytes received ${received.length > 0 ? JSON.stringify(received.toString('latin1', 0, 120)) : ''}`.trim();

const tcpLine = (to: To, close: 'fin' | 'rst', localPort: number | undefined, ears: Ears): Line => {
	const socket = net.connect({
		host: to.ip,
		port: to.port,
		...(localPort === undefined ? {} : {localPort}),
		noDelay: true,
		autoSelectFamily: false,
	});
	const local: {localPort?: number; connectMs?: number} = {};
	const began = performance.now();
	socket.on('connect', () => {
		local.localPort = socket.localPort!;
		local.connectMs = round(performance.now() - began);
		ears.open();
	});
	socket.on('data', ears.heard);
	socket.on('end', ears.closed);
	socket.on('error', ears.failed);
	return {
		say: message => socket.write(message),
		// While connecting, resetAndDestroy would wait for the connection.
		end: () => (close === 'rst' && !socket.connecting && !socket.destroyed ? socket.resetAndDestroy() : socket.destroy()),
		local,
		silence: () => (socket.connecting ? 'no answer to SYN' : undefined),
	};
};

/** A connected socket: only so does an ICMP "port unreachable" arrive, as ECONNREFUSED. */
const udpLine = (to: To, localPort: number | undefined, ears: Ears): Line => {
	const socket = dgram.createSocket(net.isIPv6(to.ip) ? 'udp6' : 'udp4');
	const local: {localPort?: number} = {};
	socket.on('connect', () => {
		local.localPort = socket.address().port;
		ears.open();
	});
	socket.on('message', ears.heard);
	socket.on('error', ears.failed);
	socket.bind(localPort ?? 0, () => socket.connect(to.port, to.ip));
	return {
		// A datagram that netfilter stops on its way out fails with EPERM, dropped and rejected alike; what tells a rejection is the ICMP
		// message that comes right after. This process itself may not have been running: what has arrived meanwhile is read first.
		say: message =>
			socket.send(message, error =>
				error && (error as NodeJS.ErrnoException).code === 'EPERM'
					? void setTimeout(() => setImmediate(() => ears.failed(error)), REJECTED_MS)
					: error && ears.failed(error),
			),
		end: () => socket.close(),
		local,
		silence: () => undefined,
	};
};

/** One socket, one clock, one conclusion. Rejects only when this machine could not even try (no free port, no file descriptor). */
const attempt = <T>(
	{
		to,
		timeoutMs,
		answerMs = timeoutMs,
		close,
		localPort,
	}: {
		to: To;
		timeoutMs: number;
		answerMs?: number;
		close: 'fin' | 'rst';
		localPort?: number;
	},
	first: string | Buffer,
	reader: Reader<T>,
): Promise<Timed<T | Failure>> =>
	new Promise((resolve, reject) => {
		const began = performance.now();
		let received: Buffer = Buffer.alloc(0);
		let over = false;
		const conclude = (done: () => void) => {
			if (!over) {
				over = true;
				clearTimeout(timer);
				done();
				line.end();
			}
		};

		const settle = (found: T | Failure) => conclude(() => resolve({...found, ms: round(performance.now() - began), ...line.local}));
		const ears: Ears = {
			open() {
				// From here on a late answer is the server's, not the network's.
				if (to.protocol === 'TCP' && !over) {
					clearTimeout(timer);
					timer = arm(answerMs);
				}
				line.say(first);
			},
			heard(chunk) {
				received = to.protocol === 'TCP' && received.length > 0 ? Buffer.concat([received, chunk]) : chunk;
				const found = over ? undefined : reader(received, line.say);
				if (found) settle(found);
			},
			closed: () => settle({outcome: 'reset', detail: `closed by the other side, ${show(received)}`}),
			failed(error) {
				const outcome = error.syscall === 'bind' ? undefined : OUTCOMES[error.code ?? ''];
				if (outcome === undefined) {
					conclude(() => reject(error));
				} else {
					settle({outcome, detail: `${error.code} (${error.syscall})${received.length > 0 ? `, ${show(received)}` : ''}`});
				}
			},
		};
		const line = to.protocol === 'TCP' ? tcpLine(to, close, localPort, ears) : udpLine(to, localPort, ears);
		// This process itself may not have been running: then its time is given back, and what has arrived meanwhile is read first.
		const arm = (ms: number): NodeJS.Timeout => {
			const due = performance.now() + ms;
			return setTimeout(() => {
				const lateMs = performance.now() - due;
				if (lateMs > STALL_MS) {
					timer = arm(lateMs);
				} else {
					setImmediate(() => settle({outcome: 'timeout', detail: line.silence() ?? show(received)}));
				}
			}, ms);
		};

		let timer = arm(timeoutMs);
	});

/** `ip:port` or `[ip]:port`, as Go writes it. */
const ipOf = (address: string) =>
	address
		.trim()
		.replace(/:\d+$/, '')
		.replace(/^\[(.*)\]$/, '$1');

/** The body of the HTTP response that begins the bytes and what follows it; undefined: not complete; a string: not a response we know. */
const response = (bytes: string): {body: string; rest: string} | string | undefined => {
	const head = bytes.indexOf('\r\n\r\n');
	if (!'HTTP/1.'.startsWith(bytes.slice(0, 7))) return bytes;
	if (head === -1) return bytes.length > 65_536 ? bytes : undefined;
	const length = /\r\nContent-Length: *(\d+) *\r\n/i.exec(bytes.slice(0, head + 2))?.[1];
	if (length === undefined || !/^HTTP\/1\.\d 200 /.test(bytes)) return bytes;
	const end = head + 4 + Number(length);
	return bytes.length < end ? undefined : {body: bytes.slice(head + 4, end), rest: bytes.slice(end)};
};

const unknown = (bytes: string): Names => ({outcome: 'answered', backend: `unknown: ${bytes.slice(0, 80).split('\r\n')[0]}`, sourceIp: ''});

/** agnhost netexec over HTTP: on one connection the host name, then our address. */
const httpNames = (to: To): {first: string; reader: Reader<Names>} => {
	const get = (path: string) =>
		`GET ${path} HTTP/1.1\r\nHost: ${net.isIPv6(to.ip) ? `[${to.ip}]` : to.ip}:${to.port}\r\nUser-Agent: vipcheck\r\n\r\n`;
	let asked = false;
	const reader: Reader<Names> = (received, ask) => {
		const name = response(received.toString('latin1'));
		if (name === undefined || typeof name === 'string') {
			return name === undefined ? undefined : unknown(name);
		}

		if (!asked) {
			asked = true;
			ask(get('/clientip'));
		}

		const address = response(name.rest);
		return address === undefined
			? undefined
			: typeof address === 'string'
				? unknown(address)
				: {outcome: 'answered', backend: name.body, sourceIp: ipOf(address.body)};
	};

	return {first: get('/hostname'), reader};
};

/** agnhost netexec over UDP: two datagrams from one socket. */
const udpNames = (): {first: string; reader: Reader<Names>} => {
	let backend: string | undefined;
	const reader: Reader<Names> = (received, ask) => {
		if (backend === undefined) {
			backend = received.toString('latin1').trim();
			ask('clientip');
			return undefined;
		}

		return {outcome: 'answered', backend, sourceIp: ipOf(received.toString('latin1'))};
	};

	return {first: 'hostname', reader};
};

const dial = async (task: DialTask, some: (dials: readonly Dial[]) => void): Promise<void> => {
	const began = performance.now();
	let next = 0;
	let failed = false;
	let done: Dial[] = [];
	const worker = async () => {
		while (next < task.count && !failed) {
			next++;
			const at = round(performance.now() - began);
			const {first, reader} = task.to.protocol === 'TCP' ? httpNames(task.to) : udpNames();
			const found = await attempt(task, first, reader).catch((error: unknown) => {
				failed = true;
				throw error;
			});
			done.push({at, ...found});
			if (done.length === SOME) {
				some(done);
				done = [];
			}
		}
	};

	await Promise.all(Array.from({length: Math.min(task.concurrency, task.count)}, worker));
	some(done);
};

const exchange = ({to, payload, timeoutMs, samePrefix = 0, localPort}: ExchangeTask): Promise<Exchanged> => {
	const message = Buffer.from(payload, 'base64');
	const framed = to.protocol === 'TCP' ? Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]) : message;
	const reader: Reader<Payload> = received => {
		const answer = to.protocol === 'TCP' ? received.subarray(2, 2 + (received.length < 2 ? 0 : received.readUInt16BE())) : received;
		const whole = to.protocol === 'UDP' || (received.length >= 2 && answer.length === received.readUInt16BE());
		const ours = answer.subarray(0, samePrefix).equals(message.subarray(0, samePrefix));
		return whole && ours ? {outcome: 'answered', payload: answer.toString('base64')} : undefined;
	};

	return attempt({to, timeoutMs, close: 'fin', ...(localPort !== undefined && {localPort})}, framed, reader);
};

/** As a module, so that it can await imports of its own. */
const evaluate = async ({source, argument}: EvaluateTask): Promise<unknown> => {
	const program = (await import(`data:text/javascript,${encodeURIComponent(`export default ${source}`)}`)) as {
		default: (argument: unknown) => unknown;
	};
	return program.default(argument);
};

/**
 * A connection that stays between questions. `broken`: how it ended, which answers every question after it; `hear`, `fail`: of the question
 * under way.
 */
type Held = {
	readonly socket: net.Socket;
	readonly to: To;
	received: Buffer;
	broken?: Failure;
	hear?: () => void;
	fail?: (failure: Failure) => void;
};
const held = new Map<number, Held>();

const hold = (to: To): Held => {
	const one: Held = {
		socket: net.connect({host: to.ip, port: to.port, noDelay: true, autoSelectFamily: false}),
		to,
		received: Buffer.alloc(0),
	};
	const breaks = (failure: Failure) => {
		one.broken ??= failure;
		one.fail?.(one.broken);
	};
	one.socket.on('data', chunk => {
		one.received = Buffer.concat([one.received, chunk]);
		one.hear?.();
	});
	one.socket.on('end', () => breaks({outcome: 'reset', detail: `closed by the other side, ${show(one.received)}`}));
	one.socket.on('error', (error: NodeJS.ErrnoException) =>
		breaks({outcome: OUTCOMES[error.code ?? ''] ?? 'unreachable', detail: `${error.code} (${error.syscall})`}),
	);
	return one;
};

/** Asks who answers on a connection that is held; nothing is said on one that has ended. */
const askHeld = (one: Held, timeoutMs: number): Promise<Timed<Names | Failure>> =>
	new Promise(resolve => {
		const began = performance.now();
		const settle = (found: Names | Failure) => {
			clearTimeout(timer);
			delete one.hear;
			delete one.fail;
			resolve({...found, ms: round(performance.now() - began)});
		};
		const timer = setTimeout(() => settle({outcome: 'timeout', detail: show(one.received)}), timeoutMs);
		if (one.broken) {
			settle(one.broken);
			return;
		}
		const {first, reader} = httpNames(one.to);
		one.received = Buffer.alloc(0);
		one.fail = settle;
		one.hear = () => {
			const found = reader(one.received, message => one.socket.write(message));
			if (found) settle(found);
		};
		one.socket.write(first);
	});

const holding = async (task: HoldTask): Promise<Timed<Names | Failure> | undefined> => {
	if (task.op === 'open') held.set(task.line, hold(task.to));
	const one = held.get(task.line);
	if (!one) throw new Error(`no connection ${task.line} is held`);
	if (task.op !== 'hang-up') return askHeld(one, task.timeoutMs);
	one.socket.destroy();
	held.delete(task.line);
	return undefined;
};

const resolve = async ({name, family}: ResolveTask): Promise<Resolved> => {
	const began = performance.now();
	const ms = () => round(performance.now() - began);
	try {
		const found = await lookup(name, {all: true, family});
		return {addresses: found.map(({address}) => address), ms: ms()};
	} catch (error) {
		return {code: (error as NodeJS.ErrnoException).code ?? String(error), ms: ms()};
	}
};

/** Own addresses that others can answer to: not loopback, not link-local. */
const addresses = () =>
	Object.values(networkInterfaces())
		.flat()
		.filter(one => one && !one.internal && !one.address.startsWith('fe80:'))
		.map(one => one!.address);

const perform = async (task: Task, some: (dials: readonly Dial[]) => void): Promise<unknown> => {
	switch (task.op) {
		case 'dial':
			return dial(task, some);
		case 'exchange':
			return exchange(task);
		case 'evaluate':
			return evaluate(task);
		case 'open':
		case 'ask':
		case 'hang-up':
			return holding(task);
		case 'resolve':
			return resolve(task);
		case 'resolvconf':
			return readFile('/etc/resolv.conf', 'utf8');
		case 'addresses':
			return addresses();
	}
};

// process.stdout writes to a pipe synchronously: a slow reader would stop the clock of every attempt that is under way.
const output = new net.Socket({fd: 1, readable: false, writable: true});
output.on('error', () => process.exit(1));
const reply = (message: Reply) => output.write(`${JSON.stringify(message)}\n`);

const answer = async ({id, task}: Request) => {
	try {
		reply({id, result: (await perform(task, dials => reply({id, some: dials}))) ?? null});
	} catch (error) {
		reply({id, error: error instanceof Error ? error.message : String(error)});
	}
};

createInterface({input: process.stdin})
	.on('line', line => void answer(JSON.parse(line) as Request))
	.on('close', () => process.exit(0));
reply({ready: {node: process.version, addresses: addresses()}});
