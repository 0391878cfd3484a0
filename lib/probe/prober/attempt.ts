import type {Failure, Timed, To} from '../protocol.ts';
import {freshPort, leaveOut} from './ports.ts';
import {tcpLine, udpLine, type Ears} from './sockets.ts';
import {OUTCOMES, round, show} from './told.ts';

/** Answers so far in, conclusion out; undefined: not all of it has come. `ask` sends the next question. */
export type Reader<T> = (received: Buffer, ask: (message: string | Buffer) => void) => T | undefined;

/** A timer that is later than this says that this process has not been running. */
const STALL_MS = 20;

/** A port that was chosen here is another socket's: of any destination, or (also one that waits for its end) of this one. */
const TAKEN = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);
const MOST_TAKEN = 20;

/** One socket, one clock, one conclusion. Rejects only when this machine could not even try (no free port, no file descriptor). */
export const attempt = <T>(
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
		const unanswered = () => {
			if (received.length === 0 && line.local.localPort !== undefined) leaveOut(to, line.local.localPort);
			settle({outcome: 'timeout', detail: line.silence() ?? show(received)});
		};
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
				if (chosen !== undefined && TAKEN.has(error.code ?? '') && !over) {
					taken++;
					line.end();
					line = open();
				} else if (outcome === undefined) {
					conclude(() => reject(error));
				} else {
					settle({outcome, detail: `${error.code} (${error.syscall})${received.length > 0 ? `, ${show(received)}` : ''}`});
				}
			},
		};
		let taken = 0;
		let chosen: number | undefined;
		const open = () => {
			// In the end the kernel chooses: it knows which are free.
			chosen = localPort === undefined && taken < MOST_TAKEN ? freshPort(to) : undefined;
			const port = localPort ?? chosen;
			return to.protocol === 'TCP' ? tcpLine(to, close, port, ears) : udpLine(to, port, ears);
		};
		let line = open();
		// This process itself may not have been running: then its time is given back, and what has arrived meanwhile is read first.
		const arm = (ms: number): NodeJS.Timeout => {
			const due = performance.now() + ms;
			return setTimeout(() => {
				const lateMs = performance.now() - due;
				if (lateMs > STALL_MS) {
					timer = arm(lateMs);
				} else {
					setImmediate(unanswered);
				}
			}, ms);
		};

		let timer = arm(timeoutMs);
	});
