import {randomUUID} from 'node:crypto';
import {createServer} from 'node:net';
import type {Socket} from 'node:net';
import {createInterface} from 'node:readline';
import {socketPath} from '../check/locks.ts';

/**
 * What a check wants of its target. `cluster` is held shared by every check unless it is wanted alone; other names are held alone, or
 * shared by those that only use them.
 */
export type Claim = {
	readonly target: string;
	readonly exclusive: readonly string[];
	readonly shared: readonly string[];
};

/** Two claims that cannot be held at the same time; targets share the seats only. */
export const conflict = (a: Claim, b: Claim): boolean =>
	a.target === b.target &&
	(a.exclusive.some(name => b.exclusive.includes(name) || b.shared.includes(name)) || a.shared.some(name => b.exclusive.includes(name)));

/** Wants the whole cluster. */
const alone = ({exclusive}: Claim): boolean => exclusive.includes('cluster');

/**
 * Which of the waiting may go on now: whoever conflicts with no holder and with nobody who has waited longer, as long as there is a free
 * seat.
 * Whoever wants the whole cluster comes last, when nobody else waits: to wait for it earlier would leave seats idle again and again.
 * Everything is taken at once, so there can be no deadlock.
 */
export const grantable = <T extends Claim>(held: readonly Claim[], waiting: readonly T[], seats: number): T[] => {
	const granted: T[] = [];
	const before: Claim[] = [];
	for (const claim of [...waiting.filter(one => !alone(one)), ...waiting.filter(one => alone(one))]) {
		if (held.length + granted.length >= seats) break;
		if ([...held, ...before].every(other => !conflict(claim, other))) granted.push(claim);
		before.push(claim);
	}
	return granted;
};

export type LockServer = {readonly path: string; close(): Promise<void>};

type Client = Claim & {readonly socket: Socket};

/**
 * Serves the seats of one run, and the locks of each of its targets, on a unix socket. A client sends its claim as one JSON line and reads
 * `granted`; the connection is the lock,
 * so a process that dies gives everything back at once. At most `seats` claims are held at the same time.
 */
export const serveLocks = async (seats: number): Promise<LockServer> => {
	// A name without a file (unix(7), abstract sockets): a killed run leaves nothing.
	const path = `@vipcheck-${randomUUID()}`;
	const sockets = new Set<Socket>();
	let held: Client[] = [];
	let waiting: Client[] = [];

	const grant = (): void => {
		const granted = grantable(held, waiting, seats);
		waiting = waiting.filter(client => !granted.includes(client));
		held = [...held, ...granted];
		for (const client of granted) client.socket.write('granted\n');
	};

	const server = createServer(socket => {
		sockets.add(socket);
		// A client that was killed is an end like any other.
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			sockets.delete(socket);
			held = held.filter(client => client.socket !== socket);
			waiting = waiting.filter(client => client.socket !== socket);
			grant();
		});
		createInterface({input: socket})
			.once('line', line => {
				const claim = parseClaim(line);
				if (!claim) {
					socket.destroy();
					return;
				}
				waiting.push({...claim, socket});
				grant();
			})
			.on('error', () => socket.destroy());
	});
	await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath(path), resolve));

	return {
		path,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise<void>(resolve => server.close(() => resolve()));
		},
	};
};

const parseClaim = (line: string): Claim | undefined => {
	try {
		const {target, exclusive, shared} = JSON.parse(line) as Partial<Claim>;
		return typeof target === 'string' && Array.isArray(exclusive) && Array.isArray(shared) ? {target, exclusive, shared} : undefined;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
};
