import net from 'node:net';
import type {Failure, HoldTask, Names, Timed, To} from '../protocol.ts';
import {httpNames} from './names.ts';
import {OUTCOMES, round, show} from './told.ts';

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

/** Opens a connection that stays, asks on it, or ends it. */
export const holding = async (task: HoldTask): Promise<Timed<Names | Failure> | undefined> => {
	if (task.op === 'open') held.set(task.line, hold(task.to));
	const one = held.get(task.line);
	if (!one) throw new Error(`no connection ${task.line} is held`);
	if (task.op !== 'hang-up') return askHeld(one, task.timeoutMs);
	one.socket.destroy();
	held.delete(task.line);
	return undefined;
};
