import dgram from 'node:dgram';
import {once} from 'node:events';
import http from 'node:http';
import net, {type AddressInfo, type Socket} from 'node:net';

/** For unit tests: servers on loopback that behave well or badly. */
export const loopback = () => {
	const servers: (net.Server | dgram.Socket)[] = [];
	const talks: Socket[] = [];
	const listening = async (server: net.Server, host = '127.0.0.1'): Promise<number> => {
		servers.push(server.on('connection', (talk: Socket) => talks.push(talk.on('error', () => undefined))));
		await once(server.listen(0, host), 'listening');
		return (server.address() as AddressInfo).port;
	};

	return {
		/** A TCP server that does with a connection what it is told. Returns its port. */
		speaking: (onTalk: (talk: Socket) => void) => listening(net.createServer(onTalk)),

		/** What agnhost netexec does over HTTP: its host name (in turn by connection) and the client's address. */
		echo(names: readonly string[], host?: string) {
			let connections = 0;
			const nameOf = new WeakMap<Socket, string>();
			const server = http.createServer(({socket, url}, response) => {
				nameOf.set(socket, nameOf.get(socket) ?? names[connections++ % names.length]!);
				const {remoteAddress = '', remotePort} = socket;
				response.end(
					url === '/hostname'
						? nameOf.get(socket)
						: `${net.isIPv6(remoteAddress) ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`,
				);
			});
			return listening(server, host);
		},

		/** A UDP server; CLIENT in its answer becomes the client's address. */
		async udpEcho(answer: (question: string) => string | undefined): Promise<number> {
			const socket = dgram.createSocket('udp4');
			servers.push(socket);
			socket.on('message', (message, {address, port}) => {
				const reply = answer(message.toString());
				if (reply !== undefined) {
					socket.send(reply.replace('CLIENT', `${address}:${port}`), port, address);
				}
			});
			await once(socket.bind(0, '127.0.0.1'), 'listening');
			return socket.address().port;
		},

		/** A port that nothing listens on. */
		async freePort(): Promise<number> {
			const server = net.createServer();
			await once(server.listen(0, '127.0.0.1'), 'listening');
			const {port} = server.address() as AddressInfo;
			server.close();
			return port;
		},

		close() {
			servers.map(server => server.close());
			talks.map(talk => talk.destroy());
		},
	};
};

/** A complete HTTP response. */
export const reply = (body: string): string =>
	`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
