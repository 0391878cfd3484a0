import {ANSWER_TIMEOUT_MS, DIAL_TIMEOUT_MS} from '../limits.ts';
import {TransportError, type Shell} from '../shell/shell.ts';
import {firstNameserver, lookup} from './lookup.ts';
import {startProber, type Prober} from './prober-client.ts';
import type {DialTask} from './protocol.ts';
import type {Destination, DialOptions, Vantage} from './vantage.ts';

export type VantageOptions = {
	/** For results; left out: the shell's `where`. */
	readonly name?: string;
	/** Where Node (>= 20) is on the far side; left out: `node` of its PATH. */
	readonly nodePath?: string;
	/** Asked when a lookup names none; left out: the first nameserver of the place's /etc/resolv.conf. */
	readonly dnsServer?: string;
};

const CONCURRENCY = 32;

const dialTask = ({ip, port, protocol = 'TCP'}: Destination, {count, localPort, ...options}: DialOptions): DialTask => {
	const timeoutMs = options.timeoutMs ?? DIAL_TIMEOUT_MS;
	const concurrency = options.concurrency ?? (localPort === undefined ? CONCURRENCY : 1);
	if (!Number.isInteger(count) || count < 1 || concurrency < 1 || (localPort !== undefined && concurrency !== 1)) {
		throw new RangeError(`cannot dial ${count} times, ${concurrency} at a time${localPort === undefined ? '' : `, from port ${localPort}: a port serves one at a time`}`);
	}

	const close = options.close ?? (localPort === undefined ? 'fin' : 'rst');
	return {op: 'dial', to: {ip, port, protocol}, count, concurrency, timeoutMs, answerMs: options.timeoutMs ?? ANSWER_TIMEOUT_MS, close, ...(localPort === undefined ? {} : {localPort})};
};

const resolvConfServer = async (prober: Prober): Promise<string> => {
	const server = firstNameserver(await prober.look('resolvconf'));
	if (server === undefined) {
		throw new TransportError(`${prober.where}: /etc/resolv.conf names no nameserver, and no DNS server was given`);
	}

	return server;
};

/** Starts the prober over the shell: a place to send traffic from. Close it when done; it also ends with this process. */
export const openVantage = async (shell: Shell, {name = shell.where, nodePath = 'node', dnsServer}: VantageOptions = {}): Promise<Vantage> => {
	const prober = await startProber(shell, {nodePath});
	return {
		name,
		ips: prober.addresses,
		dial: async (to, options) => prober.dial(dialTask(to, options)),
		lookup: async (question, type, {server, ...options} = {}) => lookup(prober, server ?? dnsServer ?? await resolvConfServer(prober), {name: question, type, ...options}),
		close: () => prober.close(),
	};
};
