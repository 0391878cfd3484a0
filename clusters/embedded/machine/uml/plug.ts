import {SEGMENT} from '../machine.ts';
import type {Management} from './management.ts';

/** The links of a machine at the switch. */
export type Plug = {
	/** The machine's port: what is done to it is done to the machine's cable. */
	readonly port: string;
	/** What its kernel holds. */
	readonly tap: string;
	readonly bridge: string;
	/** `ip -batch` lines that make all of them. */
	readonly lines: readonly string[];
};

/**
 * Between the machine's tap and its port lies a bridge of its own: the kernel's driver (arch/um/drivers/vector_kern.c) gives a tap up for
 * good that takes no frame, as one that is down does, so a cable is cut at the port beyond.
 */
export const plugOf = (port: string, {link, central}: Management): Plug => {
	const [tap, bridge, inner] = [`t-${port}`, `b-${port}`, `i-${port}`];
	return {
		port,
		tap,
		bridge,
		lines: [
			`tuntap add ${tap} mode tap`,
			`link add ${bridge} type bridge forward_delay 0 mcast_snooping 0`,
			`link add ${port} type veth peer name ${inner}`,
			...[tap, inner].map(member => `link set ${member} master ${bridge}`),
			`link set ${port} master ${SEGMENT}`,
			`tuntap add ${link} mode tap`,
			...[tap, bridge, inner, port, link].map(each => `link set ${each} addrgenmode none`),
			`addr add ${central}/30 dev ${link}`,
			...[tap, bridge, inner, port, link].map(each => `link set ${each} up`),
		],
	};
};
