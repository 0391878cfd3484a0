import type {Destination} from '../probe/vantage.ts';

/**
 * For `Vantage.evaluate`: opens a TCP connection, sends what is to be said on it, if anything, and keeps it open for a while;
 * answers its port here, once the other side has closed if `untilClosed`.
 */
export const keepConnection = async ({
	ip,
	port,
	say,
	untilClosed,
	keepMs,
}: Pick<Destination, 'ip' | 'port'> & {
	readonly say: string;
	readonly untilClosed: boolean;
	readonly keepMs: number;
}): Promise<number> => {
	const {connect} = await import('node:net');
	return new Promise((resolve, reject) => {
		const socket = connect({host: ip, port, allowHalfOpen: true});
		const done = (): void => resolve(socket.localPort ?? 0);
		socket.on('error', reject);
		socket.on('data', () => undefined);
		socket.on('connect', () => {
			if (say !== '') socket.write(say);
			if (!untilClosed) done();
		});
		if (untilClosed) socket.on('end', done);
		setTimeout(() => {
			socket.destroy();
			reject(new Error(`${ip} port ${port}: not ${untilClosed ? 'closed by the other side' : 'connected'} within ${keepMs} ms`));
		}, keepMs).unref();
	});
};
