import {createHash} from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The first characters of the base32 (RFC 4648) of a text's sha256, as kube-proxy shortens names (portProtoHash of
 * pkg/proxy/iptables/proxier.go).
 */
export const hashOf = (text: string, length: number): string => {
	const bits = [
		...createHash('sha256')
			.update(text)
			.digest()
			.subarray(0, Math.ceil((length * 5) / 8)),
	]
		.map(byte => byte.toString(2).padStart(8, '0'))
		.join('');
	return Array.from({length}, (_, index) => ALPHABET[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)]).join('');
};
