import type {Client, ClientChannel} from 'ssh2';
import type {SshLogin} from '../../access.ts';
import {TransportError} from '../shell.ts';
import type {AccessOf} from '../transport.ts';
import {hostName, login} from './connect.ts';

/** An open way to a host: its own connection, and that of the bastion which carries it. */
export type Line = {
	readonly client: Client;
	/** Aborted when it is lost or ended: nothing can be sent from then on. */
	readonly lost: AbortSignal;
	close(): Promise<void>;
};

/** A stream to the host that the bastion opens for us. */
const through = async (bastion: SshLogin, first: Client, access: AccessOf<'ssh'>): Promise<ClientChannel> =>
	new Promise((resolve, reject) => {
		first.forwardOut('127.0.0.1', 0, access.host, access.port ?? 22, (error, channel) => {
			if (error)
				reject(
					new TransportError(`${hostName(access)}: the bastion ${hostName(bastion)} does not lead there: ${error.message}`, {
						cause: error,
					}),
				);
			else resolve(channel);
		});
	});

/**
 * Logs in, by the bastion where there is one. Either of the two takes the other along: else a bastion stays logged in to when a host behind
 * it dies. Throws TransportError as `login`.
 */
export const openLine = async (access: AccessOf<'ssh'>): Promise<Line> => {
	const {bastion} = access;
	const first = bastion && (await login(bastion));
	try {
		const last = await login(access, first && bastion && (await through(bastion, first.client, access)));
		const lost = new AbortController();
		const gone = (): void => {
			lost.abort();
			void first?.end();
		};
		// Each may come alone: the close after an end waits for a bastion's answer, and a broken connection has no end.
		last.client.once('end', gone).once('close', gone);
		return {
			client: last.client,
			lost: lost.signal,
			async close() {
				await last.end();
				await first?.end();
			},
		};
	} catch (error) {
		void first?.end();
		throw error;
	}
};
