import type {Exchanged, ExchangeTask, Payload} from '../protocol.ts';
import {attempt, type Reader} from './attempt.ts';

/** One message and its answer, over TCP with its length before it, as DNS has it. */
export const exchange = ({to, payload, timeoutMs, samePrefix = 0, localPort}: ExchangeTask): Promise<Exchanged> => {
	const message = Buffer.from(payload, 'base64');
	const framed = to.protocol === 'TCP' ? Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]) : message;
	const reader: Reader<Payload> = received => {
		const answer = to.protocol === 'TCP' ? received.subarray(2, 2 + (received.length < 2 ? 0 : received.readUInt16BE())) : received;
		const whole = to.protocol === 'UDP' || (received.length >= 2 && answer.length === received.readUInt16BE());
		const ours = answer.subarray(0, samePrefix).equals(message.subarray(0, samePrefix));
		return whole && ours ? {outcome: 'answered', payload: answer.toString('base64')} : undefined;
	};

	return attempt({to, timeoutMs, close: 'fin', ...(localPort !== undefined && {localPort})}, framed, reader);
};
