import test from 'ava';
import {segmentOf} from './stray-segment.ts';

/** The sum over pseudo-header and segment is all ones where the checksum is right (RFC 1071). */
const sumOf = (bytes: Buffer): number => {
	let sum = 0;
	for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
	return sum;
};

test('a segment has its ports, its sequence number and a right checksum', t => {
	const segment = segmentOf({from: {ip: '10.244.1.5', port: 8080}, to: {ip: '10.244.2.7', port: 40_000}, sequence: 0x1000_0000});
	t.is(segment.readUInt16BE(0), 8080);
	t.is(segment.readUInt16BE(2), 40_000);
	t.is(segment.readUInt32BE(4), 0x1000_0000);
	const pseudo = Buffer.from([10, 244, 1, 5, 10, 244, 2, 7, 0, 6, 0, segment.length]);
	t.is(sumOf(Buffer.concat([pseudo, segment])), 0xffff);
	const six = segmentOf({from: {ip: 'fd00::1', port: 1}, to: {ip: 'fd00::2', port: 2}, sequence: 7});
	const address = (last: number) => Buffer.from([0xfd, ...Array.from({length: 14}, () => 0), last]);
	t.is(sumOf(Buffer.concat([address(1), address(2), Buffer.from([0, 0, 0, six.length, 0, 0, 0, 6]), six])), 0xffff);
});
