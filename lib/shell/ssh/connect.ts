import {readFile} from 'node:fs/promises';
import {createConnection} from 'node:net';
import type {Duplex} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import ssh2 from 'ssh2';
import type {Client, ConnectConfig, ServerHostKeyAlgorithm} from 'ssh2';
import type {SshLogin} from '../../access.ts';
import {SSH_ALIVE_INTERVAL_MS, SSH_END_MS, SSH_LOGIN_TIMEOUT_MS} from '../../limits.ts';
import {messageOf} from '../../usage.ts';
import {TransportError} from '../shell.ts';
import {fingerprintOf, keysFor} from './known-hosts.ts';

/** How a host is called in messages. */
export const hostName = ({host, port = 22, user}: SshLogin): string => `${user}@${host}${port === 22 ? '' : `:${port}`}`;

/** Signature algorithms that a key type of known_hosts serves (RFC 8332 for RSA). */
const algorithmsOf = (type: string): readonly string[] => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]);

const read = async (file: string, what: string): Promise<string> =>
	readFile(file, 'utf8').catch((cause: unknown) => {
		throw new TransportError(`${what} ${file} cannot be read: ${messageOf(cause)}`, {cause});
	});

type Verify = {
	readonly accepts: (key: Buffer) => boolean;
	readonly algorithms: readonly string[];
	readonly why: (key: Buffer) => string;
};

/** Decides which keys the host may have. A host that neither a file nor a fingerprint knows is refused. */
const verifier = async (login: SshLogin): Promise<Verify> => {
	const {host, port = 22, knownHosts, fingerprints = []} = login;
	const known = knownHosts === undefined ? [] : keysFor(await read(knownHosts, 'the known_hosts file'), host, port);
	if (known.length === 0 && fingerprints.length === 0)
		throw new TransportError(
			`${hostName(login)} is an unknown host: ` +
				(knownHosts === undefined ? 'its inventory gives neither knownHosts nor fingerprints' : `${knownHosts} has no key of it`),
		);
	const revoked = known.filter(key => key.revoked);
	const good = known.filter(key => !key.revoked);
	return {
		accepts: key =>
			!revoked.some(one => one.key.equals(key)) &&
			(good.some(one => one.key.equals(key)) || fingerprints.includes(fingerprintOf(key))),
		algorithms: fingerprints.length > 0 ? [] : [...new Set(good.flatMap(({type}) => algorithmsOf(type)))],
		why: key => `its key ${fingerprintOf(key)} is not the one that is known for it: another host answers there, or it has a new key`,
	};
};

/** A host that has let us in. */
type Login = {
	readonly client: Client;
	/** Says goodbye; a host that does not answer it is left alone. */
	end(): Promise<void>;
};

/**
 * Logs in. Throws TransportError, in one line without any secret, for a host that is unknown, has another key, does not answer or
 * does not let us in.
 */
export const login = async (to: SshLogin, by?: Duplex): Promise<Login> => {
	const verify = await verifier(to);
	const {host, port = 22, user, key, agent} = to;
	const privateKey = key === undefined ? undefined : await read(key, 'the key');
	// Made here, because a client that has said goodbye cannot be ended any more.
	const sock = by ?? createConnection({host, port});
	const config: ConnectConfig = {
		sock: sock as never,
		username: user,
		readyTimeout: SSH_LOGIN_TIMEOUT_MS,
		keepaliveInterval: SSH_ALIVE_INTERVAL_MS,
		keepaliveCountMax: 3,
		...(privateKey === undefined ? {} : {privateKey}),
		...(agent === undefined ? {} : {agent}),
		...(verify.algorithms.length === 0 ? {} : {algorithms: {serverHostKey: [...verify.algorithms] as ServerHostKeyAlgorithm[]}}),
	};
	const client = new ssh2.Client();
	let refused: string | undefined;
	await new Promise<void>((resolve, reject) => {
		const fail = (error: Error & {level?: string}): void => {
			const tried = key === undefined ? (agent === undefined ? 'no key and no agent is given' : 'by the agent') : `by the key ${key}`;
			const why = refused ?? (error.level === 'client-authentication' ? `${user} is not let in (${tried})` : error.message);
			reject(new TransportError(`${hostName(to)}: ${why}`, {cause: error}));
			sock.destroy();
		};
		client
			.once('ready', resolve)
			.once('error', fail)
			.once('close', () => fail(new Error('the connection was closed')));
		try {
			client.connect({
				...config,
				hostVerifier: (offered: Buffer) => {
					if (verify.accepts(offered)) return true;
					refused = verify.why(offered);
					return false;
				},
			});
		} catch (error) {
			// A key that cannot be parsed.
			fail(error as Error);
		}
	});
	client.on('error', () => undefined);
	// A bastion passes the end of a dead host on as half an end: the other half is ours.
	client.once('end', () => sock.destroy());
	const closed = new Promise<void>(resolve => client.once('close', () => resolve()));
	return {
		client,
		async end() {
			client.end();
			const inTime = new AbortController();
			await Promise.race([closed, delay(SSH_END_MS, undefined, {signal: inTime.signal}).catch(() => undefined)]);
			inTime.abort();
			sock.destroy();
		},
	};
};
