import type {Failure} from '../protocol.ts';

/**
 * What an error of the kernel means for an attempt.
 * EPERM: netfilter of this machine dropped the packet on its way out, so nobody will ever answer it.
 * EACCES: route type prohibit, or ICMPv6 "administratively prohibited". EINVAL: route type blackhole.
 */
export const OUTCOMES: Record<string, Failure['outcome'] | undefined> = {
	ECONNREFUSED: 'refused',
	ETIMEDOUT: 'timeout',
	EPERM: 'timeout',
	ECONNRESET: 'reset',
	EPIPE: 'reset',
	ECONNABORTED: 'reset',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	EHOSTDOWN: 'unreachable',
	ENETDOWN: 'unreachable',
	EACCES: 'unreachable',
	EINVAL: 'unreachable',
};

/** Milliseconds to the microsecond. */
export const round = (ms: number) => Math.round(ms * 1000) / 1000;

/** What has been received, for a person. */
export const show = (received: Buffer) =>
	`${received.length} bytes received ${received.length > 0 ? JSON.stringify(received.toString('latin1', 0, 120)) : ''}`.trim();
