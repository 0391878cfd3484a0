import net from 'node:net';
import type {Names, To} from '../protocol.ts';
import type {Reader} from './attempt.ts';

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
export const httpNames = (to: To): {first: string; reader: Reader<Names>} => {
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
export const udpNames = (): {first: string; reader: Reader<Names>} => {
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
