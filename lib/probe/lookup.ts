import {randomInt} from 'node:crypto';
import type {RecordType} from '../dns-record.ts';
import {DNS_TIMEOUT_MS} from '../limits.ts';
import {decodeAnswer, encodeQuestion} from './dns.ts';
import type {Prober} from './prober-client.ts';
import {Lost, type Answer} from './vantage.ts';

/** `ip`, `ip:port` or `[ip]:port`; the port of DNS is 53. */
export const parseServer = (server: string): {ip: string; port: number} => {
	const [, bracketed, plain, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
	return {ip: bracketed ?? plain ?? server, port: Number(port)};
};

/** The first nameserver of a resolv.conf. */
export const firstNameserver = (resolvConf: string): string | undefined => /^\s*nameserver\s+(\S+)/m.exec(resolvConf)?.[1];

/** Asks one server one question from a fresh socket with a random id, once. Throws Lost when nothing comes back that answers it. */
export const lookup = async (
	prober: Prober,
	server: string,
	{
		name,
		type,
		protocol = 'UDP',
		timeoutMs = DNS_TIMEOUT_MS,
		localPort,
	}: {
		name: string;
		type: RecordType;
		protocol?: 'TCP' | 'UDP';
		timeoutMs?: number;
		/** Of UDP alone: one socket at a time may have it. */
		localPort?: number | undefined;
	},
): Promise<Answer> => {
	const id = randomInt(65_536);
	const to = {...parseServer(server), protocol};
	const came = await prober.exchange({
		op: 'exchange',
		to,
		payload: encodeQuestion(id, name, type).toString('base64'),
		timeoutMs,
		samePrefix: 2,
		...(protocol === 'UDP' && localPort !== undefined && {localPort}),
	});
	const question = `${prober.where}: ${type} ${name} asked of ${server} over ${protocol}`;
	if (came.outcome !== 'answered') {
		throw new Lost(`${question}: ${came.outcome} after ${Math.round(came.ms)} ms (${came.detail})`);
	}

	try {
		return {server, ms: came.ms, ...decodeAnswer(Buffer.from(came.payload, 'base64'), {id, name, type})};
	} catch (error) {
		throw new Lost(`${question}: what came back is no answer: ${error instanceof Error ? error.message : String(error)}`, {
			cause: error,
		});
	}
};
