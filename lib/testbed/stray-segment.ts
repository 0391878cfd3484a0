import {isIPv6} from 'node:net';
import {numberOf} from '../model/address.ts';
import type {TestNode} from './testbed.ts';
import {TransportError} from '../shell/shell.ts';
import {inPodNetwork} from './in-pod-network.ts';

const bytesOf = (ip: string): Buffer => {
	const length = isIPv6(ip) ? 16 : 4;
	return Buffer.from(
		numberOf(ip)
			.toString(16)
			.padStart(length * 2, '0'),
		'hex',
	);
};

/** The sum of RFC 1071 over whole words. */
const checksum = (bytes: Buffer): number => {
	let sum = 0;
	for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
};

export type Segment = {
	readonly from: {readonly ip: string; readonly port: number};
	readonly to: {readonly ip: string; readonly port: number};
	readonly sequence: number;
};

/** A TCP segment of two bytes of data with ACK and PSH, its checksum right (RFC 9293, section 3.1). */
export const segmentOf = ({from, to, sequence}: Segment): Buffer => {
	const segment = Buffer.alloc(22);
	segment.writeUInt16BE(from.port, 0);
	segment.writeUInt16BE(to.port, 2);
	segment.writeUInt32BE(sequence, 4);
	segment.writeUInt32BE(sequence, 8);
	segment.writeUInt16BE(0x50_18, 12);
	segment.writeUInt16BE(0x80_00, 14);
	segment.write('xx', 20);
	const length = Buffer.alloc(isIPv6(from.ip) ? 8 : 4);
	length.writeUInt16BE(6, isIPv6(from.ip) ? 6 : 0);
	length.writeUInt16BE(segment.length, 2);
	segment.writeUInt16BE(checksum(Buffer.concat([bytesOf(from.ip), bytesOf(to.ip), length, segment])), 16);
	return segment;
};

/** Sends a segment out of a pod on a node, past the pod's own TCP. Throws where it cannot be sent. */
export const sendStray = async (node: Pick<TestNode, 'shell'>, segment: Segment): Promise<void> => {
	const {ip} = segment.to;
	const to = isIPv6(ip) ? `IP6-SENDTO:[${ip}]:6` : `IP4-SENDTO:${ip}:6`;
	const argv = ['sh', '-c', 'base64 -d | socat -u STDIN "$1"', 'send', to];
	const {exitCode, stderr} = await inPodNetwork(node, segment.from.ip, argv, segmentOf(segment).toString('base64'));
	if (exitCode !== 0) throw new TransportError(`no packet could be sent from ${segment.from.ip}: ${stderr.trim()}`);
};
