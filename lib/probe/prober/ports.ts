import type {To} from '../protocol.ts';

/** Longer than a node remembers an attempt that nobody answered: 120 s of TCP (nf_conntrack_tcp_timeout_syn_sent), 30 s of UDP. */
const REMEMBERED_MS = 130_000;
/** Within the ports that Linux gives by itself (net.ipv4.ip_local_port_range: 32768 to 60999). */
const FIRST = 32_768;
const PORTS = 28_000;

/** Until when a port is not to be used again, by destination. */
const unanswered = new Map<string, Map<number, number>>();
const keyOf = ({ip, port, protocol}: To) => `${protocol} ${ip} ${port}`;

/** Nobody has answered an attempt from this port. */
export const leaveOut = (to: To, localPort: number, now = performance.now()) => {
	const key = keyOf(to);
	unanswered.set(key, (unanswered.get(key) ?? new Map<number, number>()).set(localPort, now + REMEMBERED_MS));
};

/**
 * A port for an attempt, where the kernel must not choose: it may choose one from which nobody answered a moment ago. A node that did not
 * serve the destination then remembers that flow as one that is not translated, and an attempt from the same port is that flow again,
 * whatever the node serves now; nor does a SYN that comes again let the node forget sooner (nf_conntrack_proto_tcp.c). undefined: it may
 * be any.
 */
export const freshPort = (to: To, now = performance.now()): number | undefined => {
	const ports = unanswered.get(keyOf(to)) ?? new Map<number, number>();
	for (const [port, until] of ports) if (until <= now) ports.delete(port);
	if (ports.size === 0) return undefined;
	const begin = Math.floor(Math.random() * PORTS);
	for (let tried = 0; tried < PORTS; tried++) {
		const port = FIRST + ((begin + tried) % PORTS);
		if (!ports.has(port)) return port;
	}
	return undefined;
};
