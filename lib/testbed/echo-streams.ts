import type {Destination, Vantage} from '../probe/vantage.ts';

/** How long one load may take both ways: milliseconds when idle; a lost segment is sent again after 0.2, 0.6 and 1.4 s. */
const LOAD_TIMEOUT_MS = 5_000;

/** So many bytes at once: a stream of TCP, or one datagram. */
export type Load = {readonly protocol: 'TCP' | 'UDP'; readonly bytes: number};

export const loadText = ({protocol, bytes}: Load): string => `${protocol} ${bytes} B`;

/** For `Vantage.evaluate`: listens on one port, TCP and UDP, for as long as the place lives; whatever comes goes back as it is. */
export const serveEcho = async ({port, ipv6}: {readonly port: number; readonly ipv6: boolean}): Promise<null> => {
	const [
		{createServer},
		{createSocket},
		{
			default: {once},
		},
	] = await Promise.all([import('node:net'), import('node:dgram'), import('node:events')]);
	const server = createServer(socket => socket.on('error', () => socket.destroy()).pipe(socket));
	server.listen(port, ipv6 ? '::' : '0.0.0.0');
	const socket = createSocket(ipv6 ? 'udp6' : 'udp4');
	socket.on('message', (message, {port: from, address}) => socket.send(message, from, address));
	socket.bind(port, ipv6 ? '::' : '0.0.0.0');
	await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
	return null;
};

type Sending = Load & Pick<Destination, 'ip' | 'port'> & {readonly timeoutMs: number};

/** For `Vantage.evaluate`: sends one load and waits for all of it; answers what went wrong, or nothing. */
const sendLoad = async ({ip, port, protocol, bytes, timeoutMs}: Sending): Promise<string> => {
	const [{connect}, {createSocket}] = await Promise.all([import('node:net'), import('node:dgram')]);
	const load = Buffer.alloc(bytes, 'vipcheck');
	const parts: Buffer[] = [];
	return new Promise<string>(resolve => {
		let end: () => void;
		const settle = (wrong: string): void => {
			clearTimeout(timer);
			end();
			resolve(wrong);
		};
		const got = (): number => parts.reduce((sum, part) => sum + part.length, 0);
		const timer = setTimeout(() => settle(`${got()} of ${bytes} bytes within ${timeoutMs} ms`), timeoutMs);
		const heard = (part: Buffer): void => {
			parts.push(part);
			if (got() >= bytes) settle(Buffer.concat(parts).equals(load) ? '' : 'other bytes than were sent');
		};
		const failed = (error: NodeJS.ErrnoException): void => settle(`${error.code} (${error.syscall})`);
		if (protocol === 'TCP') {
			const socket = connect({host: ip, port, noDelay: true});
			end = () => socket.destroy();
			socket
				.on('data', heard)
				.on('error', failed)
				.on('end', () => settle(`closed after ${got()} of ${bytes} bytes`));
			socket.write(load);
		} else {
			const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
			end = () => socket.close();
			socket.on('message', heard).on('error', failed);
			socket.connect(port, ip, () => socket.send(load, error => error && failed(error)));
		}
	});
};

/** Sends a load to what `serveEcho` serves; answers what went wrong, or nothing. None is sent again. */
export const echoed = async (from: Vantage, {ip, port}: Pick<Destination, 'ip' | 'port'>, load: Load): Promise<string> =>
	from.evaluate(sendLoad, {...load, ip, port, timeoutMs: LOAD_TIMEOUT_MS}, {timeoutMs: LOAD_TIMEOUT_MS});
