import {ANSWER_TIMEOUT_MS, DIAL_TIMEOUT_MS} from '../limits.ts';
import {TransportError, type Shell} from '../shell/shell.ts';
import {firstNameserver, lookup} from './lookup.ts';
import {portsApart} from './ports-apart.ts';
import {startProber, type Prober} from './prober-client.ts';
import type {DialTask} from './protocol.ts';
import type {Destination, DialOptions, OpenConnection, Vantage} from './vantage.ts';

export type VantageOptions = {
	/** For results; left out: the shell's `where`. */
	readonly name?: string;
	/** Where Node (>= 20) is on the far side; left out: `node` of its PATH. */
	readonly nodePath?: string;
	/** Asked when a lookup names none; left out: the first nameserver of the place's /etc/resolv.conf. */
	readonly dnsServer?: string;
	/** Every DNS server is asked from ports of its own (`portsApart`); left out: from any. */
	readonly asksApart?: boolean;
};

/** A place whose prober may end while others still think that they can use it. */
export type OpenedVantage = Vantage & {ended(): boolean};

const CONCURRENCY = 32;

const dialTask = ({ip, port, protocol = 'TCP'}: Destination, {count, localPort, ...options}: DialOptions): DialTask => {
	const timeoutMs = options.timeoutMs ?? DIAL_TIMEOUT_MS;
	const concurrency = options.concurrency ?? (localPort === undefined ? CONCURRENCY : 1);
	if (!Number.isInteger(count) || count < 1 || concurrency < 1 || (localPort !== undefined && concurrency !== 1)) {
		throw new RangeError(
			`cannot dial ${count} times, ${concurrency} at a ` +
				`time${localPort === undefined ? '' : `, from port ${localPort}: a port serves one at a time`}`,
		);
	}

	const close = options.close ?? (localPort === undefined ? 'fin' : 'rst');
	return {
		op: 'dial',
		to: {ip, port, protocol},
		count,
		concurrency,
		timeoutMs,
		answerMs: options.answerMs ?? options.timeoutMs ?? ANSWER_TIMEOUT_MS,
		close,
		...(localPort === undefined ? {} : {localPort}),
	};
};

const resolvConfServer = async (prober: Prober): Promise<string> => {
	const server = firstNameserver(await prober.look('resolvconf'));
	if (server === undefined) {
		throw new TransportError(`${prober.where}: /etc/resolv.conf names no nameserver, and no DNS server was given`);
	}

	return server;
};

/** Numbers of connections that stay, of all probers of this process. */
let lines = 0;

const openConnection = async (prober: Prober, {ip, port}: Destination): Promise<OpenConnection> => {
	const line = ++lines;
	const timeoutMs = ANSWER_TIMEOUT_MS;
	return {
		first: await prober.hold({op: 'open', line, timeoutMs, to: {ip, port, protocol: 'TCP'}}),
		ask: async () => prober.hold({op: 'ask', line, timeoutMs}),
		async close() {
			await prober.hold({op: 'hang-up', line, timeoutMs});
		},
	};
};

/** Starts the prober over the shell: a place to send traffic from. Close it when done; it also ends with this process. */
export const openVantage = async (
	shell: Shell,
	{name = shell.where, nodePath = 'node', dnsServer, asksApart = false}: VantageOptions = {},
): Promise<OpenedVantage> => {
	const prober = await startProber(shell, {nodePath});
	const portTo = asksApart ? portsApart() : () => undefined;
	return {
		name,
		ips: prober.addresses,
		dial: async (to, options) => prober.dial(dialTask(to, options)),
		async lookup(question, type, {server, ...options} = {}) {
			const asked = server ?? dnsServer ?? (await resolvConfServer(prober));
			return lookup(prober, asked, {name: question, type, localPort: portTo(asked), ...options});
		},
		evaluate: async <Argument, Result>(
			program: (argument: Argument) => Promise<Result>,
			argument: Argument,
			{timeoutMs = ANSWER_TIMEOUT_MS} = {},
		) => (await prober.evaluate(String(program), argument, timeoutMs)) as Result,
		open: async to => openConnection(prober, to),
		resolve: async (question, family) => prober.resolve({op: 'resolve', name: question, family: family === 'ipv6' ? 6 : 4}),
		ended: () => prober.ended(),
		close: () => prober.close(),
	};
};
