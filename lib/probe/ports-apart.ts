/**
 * Below NodePorts and the ports that a kernel gives by itself (net.ipv4.ip_local_port_range), above the ports of Kubernetes' own
 * components.
 */
const FIRST = 11_000;
const OF_ONE = 2_300;
const MOST = 8;

/**
 * Ports to ask servers from, in turn, so that no two servers are asked from one port. ipvs remembers a client's address and port with the
 * virtual server that it asked, for 5 minutes of UDP: an answer that a real server gives to that port directly is taken for one of that
 * flow, and is sent from the virtual server's address, where nobody waits for it. undefined: a server beyond the eighth.
 */
export const portsApart = (): ((server: string) => number | undefined) => {
	const asked = new Map<string, number>();
	return server => {
		const index = asked.has(server) ? [...asked.keys()].indexOf(server) : asked.size;
		if (index >= MOST) return undefined;
		const turn = asked.get(server) ?? 0;
		asked.set(server, turn + 1);
		return FIRST + index * OF_ONE + (turn % OF_ONE);
	};
};
