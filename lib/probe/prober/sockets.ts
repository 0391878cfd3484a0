import dgram from 'node:dgram';
import net from 'node:net';
import type {To} from '../protocol.ts';
import {round} from './told.ts';

/** One attempt on a socket: how to speak on it and how to be rid of it. */
export type Line = {
	say: (message: string | Buffer) => void;
	end: () => void;
	local: {localPort?: number; connectMs?: number};
	silence: () => string | undefined;
};
/** What is heard on it. */
export type Ears = {
	heard: (chunk: Buffer) => void;
	closed: () => void;
	failed: (error: NodeJS.ErrnoException) => void;
	open: () => void;
};

const REJECTED_MS = 50;

/** A connection; without a local port from any. */
export const tcpLine = (to: To, close: 'fin' | 'rst', localPort: number | undefined, ears: Ears): Line => {
	const socket = net.connect({
		host: to.ip,
		port: to.port,
		...(localPort === undefined ? {} : {localPort}),
		noDelay: true,
		autoSelectFamily: false,
	});
	const local: {localPort?: number; connectMs?: number} = {};
	const began = performance.now();
	// Known as soon as the SYN is sent; the socket tells it as its own only once it is connected.
	setImmediate(() => {
		const {port} = socket.address() as {port?: number};
		if (port !== undefined && port > 0) local.localPort = port;
	});
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
export const udpLine = (to: To, localPort: number | undefined, ears: Ears): Line => {
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
